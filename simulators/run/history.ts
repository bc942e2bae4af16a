import { setImmediate as breathe } from 'node:timers/promises'
import type { Instant } from '../../city/index.ts'
import type { Reporter, Row } from '../fleet/reporter.ts'
import { hourMs, minuteMs } from '../world/calendar.ts'

// Ten minutes are what a year's chart can show of a week; the rules' short windows need the last two hours in full.
const coarseMinutes = 10
const fullMs = 2 * hourMs
// All devices move together, four hours of coarse or half an hour of full rows at a time: some ten thousand rows.
const coarseSliceMs = 4 * hourMs
const fullSliceMs = 0.5 * hourMs
// A breath in between: four hundred connections want to be kept alive.
const breathEveryMinutes = 15

export type Slice = { readonly toAt: Instant; readonly rows: readonly Row[] }

/**
 * The rows from a minute up to the horizon, or of a slice if that is nearer. `now` decides what is the recent past that
 * is written down in full.
 */
export async function nextSlice(
  reporter: Reporter,
  fromAt: Instant,
  horizonAt: Instant,
  options: { readonly now: Instant; readonly inFull: boolean; readonly signal: AbortSignal },
): Promise<Slice> {
  const recentAt = Math.floor((options.now - fullMs) / minuteMs) * minuteMs
  const coarse = !options.inFull && fromAt < recentAt
  const sliceEnd = coarse ? Math.min(recentAt, fromAt + coarseSliceMs) : fromAt + fullSliceMs
  const toAt = Math.min(sliceEnd, Math.floor(horizonAt / minuteMs) * minuteMs)
  const rows: Row[] = []
  for (let at = fromAt; at < toAt; at += minuteMs) {
    if (options.signal.aborted) break
    for (const row of reporter.rowsOf(at, coarse ? coarseMinutes : 1)) rows.push(row)
    if ((at / minuteMs) % breathEveryMinutes === 0) await breathe()
  }
  return { toAt, rows }
}
