import { z } from 'zod'
import { alarmView } from './alarms.ts'
import { classView } from './classes.ts'
import { sensorView } from './sensors.ts'
import { serviceWindow } from './situation.ts'
import { iso, place } from './terms.ts'
import { ticketSummary } from './tickets.ts'

/** What an asset's own alarms say of it, in a word: shown with shape and colour as well. */
export const assetStates = ['normal', 'silent', 'warning', 'action'] as const
export type AssetState = (typeof assetStates)[number]

export const assetSummary = z.object({
  id: z.string(),
  name: z.string(),
  class: z.string(),
  classTitle: z.string(),
  criticality: z.number().int().min(1).max(5),
  district: z.string().nullable(),
  place,
  state: z.enum(assetStates),
  openTickets: z.number().int(),
})
export type AssetSummary = z.infer<typeof assetSummary>

export const relationKinds = ['part of', 'fed by', 'reports through'] as const

/** `direction` `out`: this asset is *kind* the other; `in`: the other is *kind* this one. `kind` is always as it was written down. */
export const relationView = z.object({
  kind: z.enum(relationKinds),
  direction: z.enum(['out', 'in']),
  asset: z.string(),
  name: z.string(),
  state: z.enum(assetStates),
})
export type RelationView = z.infer<typeof relationView>

export const assetView = assetSummary.extend({
  installedAt: iso.nullable(),
  classDetail: classView,
  relations: z.array(relationView),
  sensors: z.array(sensorView),
  /** Those that are not inactive first. */
  alarms: z.array(alarmView),
  /** Open ones, most urgent first. */
  tickets: z.array(ticketSummary),
  /** Why its alarms call nobody now, where they do not. */
  service: serviceWindow.nullable(),
  wrongClocks: z
    .array(z.object({ device: z.string(), reason: z.string() }))
    .describe('Devices of this asset whose clock is off: what they send is kept, and not believed'),
})
export type AssetView = z.infer<typeof assetView>

export const assetDraft = z.object({
  name: z.string().min(1).max(200),
  class: z.string(),
  criticality: z.number().int().min(1).max(5),
  place: z.object({
    latitude: z.number().min(-90).max(90),
    longitude: z.number().min(-180).max(180),
    address: z.string().max(200).optional(),
  }),
  district: z.string().max(100).nullable().default(null),
  relations: z.array(z.object({ kind: z.enum(relationKinds), asset: z.string() })).default([]),
  /** Which of the class's quantities are measured here; all of them when null. */
  quantities: z.array(z.string()).nullable().default(null),
  installedAt: iso.nullable().default(null),
})

export const featureCollection = z.object({
  type: z.literal('FeatureCollection'),
  features: z.array(z.record(z.string(), z.unknown())),
})

export const mapLayers = z.object({ items: z.array(z.object({ name: z.string(), features: featureCollection })) })
