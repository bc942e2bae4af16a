import { z } from 'zod'
import { alarmView } from './alarms.ts'
import { type AssetState, assetStates } from './assets.ts'
import type { incidentSummary, serviceWindow } from './situation.ts'
import { iso } from './terms.ts'
import { ticketSummary } from './tickets.ts'

export const rates = z.object({
  at: iso,
  readingsPerSecond: z.number(),
  messagesPerSecond: z.number(),
  devicesConnected: z.number().int(),
  readingsTotal: z.number(),
  refusedTotal: z.number(),
  sensorsKnown: z.number().int(),
  alarmsFiring: z.number().int(),
  ticketsOpen: z.number().int(),
})
export type Rates = z.infer<typeof rates>

export const overview = z.object({
  assets: z.object({
    total: z.number().int(),
    byState: z.record(z.enum(assetStates), z.number().int()),
  }),
  tickets: z.object({
    total: z.number().int(),
    byBand: z.record(z.enum(['urgent', 'high', 'medium', 'low']), z.number().int()),
    /** The ten most urgent open ones. */
    first: z.array(ticketSummary),
  }),
  rates,
  /** The twenty that fired last and still do. */
  alarms: z.array(alarmView),
})
export type Overview = z.infer<typeof overview>

/** `GET /api/v1/stream?assets=a,b`: server-sent events by name. `readings` frames are sent at most 4 a second. */
export type StreamEvents = {
  /** Newest value per sensor of the assets asked for: [sensor, observedAt ms, value, quality]. */
  readings: { at: string; values: [string, number, number, string][] }
  alarm: z.infer<typeof alarmView>
  asset: { id: string; state: AssetState; openTickets: number }
  ticket: z.infer<typeof ticketSummary>
  incident: z.infer<typeof incidentSummary>
  /** A service window that was made, changed or ended. */
  window: z.infer<typeof serviceWindow>
  rates: z.infer<typeof rates>
  /** What was missed is no longer held: fetch the page anew. */
  reset: { reason: string }
}

export const health = z.object({
  status: z.enum(['ready', 'degraded']),
  version: z.string(),
  startedAt: iso,
  parts: z.array(z.object({ name: z.string(), ready: z.boolean(), detail: z.string() })),
})
export type Health = z.infer<typeof health>
