import { z } from 'zod'
import { assetDraft } from './assets.ts'
import { deviceDraft } from './devices.ts'
import { iso } from './terms.ts'

const sourceName = z.string().min(1).max(256)

/** A name that devices use, mapped to a sensor. */
export const sourceDraft = z.object({
  name: sourceName,
  sensor: z.string().max(200),
  /** UCUM code of what is sent; the quantity's own when absent. */
  unit: z.string().max(48).optional(),
  /** For raw counts: value = sent × factor + offset. */
  factor: z.number().optional(),
  offset: z.number().optional(),
})

export const sourceView = z.object({
  name: z.string(),
  sensor: z.string(),
  unit: z.string().nullable(),
  factor: z.number().nullable(),
  offset: z.number().nullable(),
  /** Why nothing is taken under the name at present. */
  fault: z.string().nullable(),
})
export type SourceView = z.infer<typeof sourceView>

/** A name that readings came under and that nobody knows. */
export const discoveredView = z.object({
  name: z.string(),
  device: z.string(),
  topic: z.string(),
  unit: z.string().nullable(),
  value: z.number(),
  observedAt: iso,
  count: z.number().int(),
  firstAt: iso,
  lastAt: iso,
  /** What it probably stands for; `unit` is the UCUM code of what is sent. */
  suggestion: z.object({
    asset: z.string().nullable(),
    quantity: z.string().nullable(),
    unit: z.string().nullable(),
  }),
})
export type DiscoveredView = z.infer<typeof discoveredView>

/** Somebody who tried to log in by a name that is no device's. */
export const discoveredDeviceView = z.object({
  device: z.string(),
  address: z.string(),
  count: z.number().int(),
  firstAt: iso,
  lastAt: iso,
})
export type DiscoveredDeviceView = z.infer<typeof discoveredDeviceView>

/** The device as it will be; `seenAs` is the name that it logs in by now, where that is no lawful id. */
export const deviceAdoption = deviceDraft.extend({ seenAs: z.string().min(1).max(256) })

/** All or nothing: the assets are made, then the names are mapped. */
export const adoption = z.object({
  items: z.array(sourceDraft).min(1).max(1_000),
  assets: z
    .array(assetDraft.extend({ id: z.string().max(64) }))
    .max(1_000)
    .default([]),
  /** A sensor that has another source gets this one in its place. */
  replace: z.boolean().default(false),
})

export const adopted = z.object({ items: z.array(sourceView) })

export const quarantineView = z.object({
  id: z.number().int(),
  device: z.string(),
  topic: z.string(),
  reason: z.string(),
  detail: z.string(),
  suggestion: z.string().nullable(),
  /** Payload as text where it is text, else hexadecimal; cut at 4 KB. */
  payload: z.string(),
  count: z.number().int(),
  firstAt: iso,
  lastAt: iso,
})
export type QuarantineView = z.infer<typeof quarantineView>
