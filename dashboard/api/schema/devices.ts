import { z } from 'zod'
import { snippetKinds } from '../../../city/index.ts'
import { iso } from './terms.ts'

export const deviceView = z.object({
  id: z.string(),
  title: z.string(),
  assets: z.array(z.string()),
  subscribes: z.array(z.string()),
  /** Filters of foreign topics that it may publish on besides its assets' telemetry: gateways, network servers. */
  publishes: z.array(z.string()),
  connected: z.boolean(),
  /** When it was connected or disconnected last; null when neither happened since the start. */
  connectionChangedAt: iso.nullable(),
  /** What it said last on `status/{id}` since the start, or what its will said for it when it was gone. */
  status: z.object({ text: z.string(), at: iso }).nullable(),
  /** What it speaks for (Sparkplug nodes and devices), by birth and death certificates; those that are gone first. */
  behind: z.array(z.object({ name: z.string(), online: z.boolean(), since: iso })),
  /** Its last message; null when there was none since the start. */
  heardAt: iso.nullable(),
  /** Log-ins under its name that were refused since the start. */
  refusedLogins: z.object({ count: z.number().int(), lastAt: iso, reason: z.string(), address: z.string() }).nullable(),
  /** Measured from the times its readings carry since the program started; null when it has sent none. */
  clock: z
    .object({
      /** Ahead of ours when positive. */
      skewMs: z.number(),
      flagged: z.boolean(),
      samples: z.number().int(),
      reason: z.string(),
    })
    .nullable(),
  createdAt: iso,
  revokedAt: iso.nullable(),
})
export type DeviceView = z.infer<typeof deviceView>

export const deviceDraft = z.object({
  id: z.string(),
  title: z.string().max(200).default(''),
  assets: z.array(z.string()).default([]),
  subscribes: z.array(z.string()).default([]),
  publishes: z.array(z.string()).default([]),
})

/** Text to paste: how the device connects. */
export const snippetView = z.object({ for: z.enum(snippetKinds), title: z.string(), text: z.string() })
export type SnippetView = z.infer<typeof snippetView>

/** The secret is shown this once; only its hash is kept. The snippets hold it. */
export const deviceCreated = deviceView.extend({ secret: z.string(), snippets: z.array(snippetView) })
export type DeviceCreated = z.infer<typeof deviceCreated>

export const snippetList = z.object({
  items: z.array(snippetView),
  /** Where MQTT over TLS is served; null where it is not. */
  tlsPort: z.number().int().nullable(),
})

export const devicesBulk = z.object({ items: z.array(deviceDraft).min(1).max(1_000) })

export const devicesBulkCreated = z.object({ items: z.array(z.object({ id: z.string(), secret: z.string() })) })
