import type { Instant, Sensor } from '../city/index.ts'
import type { Quality } from './reading.ts'
import type { WireFault } from './wire/index.ts'

/** Clocks set by NTP or by a gateway differ by seconds, a free-running one by minutes a month. Beyond it is not believed. */
export const clockSkewMs = 5 * 60_000

/** So far behind the newest reading of its sensor, a reading is kept and drawn but comes too late for the rules. */
export const lateAfterMs = 24 * 3_600_000

// Further ahead it is no skewed clock but a wrong unit or a year mistyped: a chart's axis must not stretch to it.
const aheadMaxMs = 366 * 24 * 3_600_000
// Clocks that lost their battery start in 1970, 1980 or 2000-01-01; no city had these sensors before.
const oldestObservedAt = Date.UTC(2000, 0, 1)

/** Why a reading with this time cannot be kept at all; `undefined` when it can. */
export function refuseTime(observedAt: Instant, receivedAt: Instant): WireFault | undefined {
  if (observedAt < oldestObservedAt)
    return {
      reason: 'too-old',
      detail: `observedAt ${formatInstant(observedAt)} is before the year 2000: set the device's clock`,
    }
  if (observedAt > receivedAt + aheadMaxMs)
    return {
      reason: 'too-far-ahead',
      detail: `observedAt ${formatInstant(observedAt)} is more than 366 days ahead: set the device's clock, or send seconds or milliseconds`,
    }
  return undefined
}

/**
 * The quality of a reading taken by itself. A wrong clock comes first, for then the reading is nowhere in time; then what
 * the device itself declared, if it declared doubt; then what is physically possible.
 */
export function qualityOf(
  observedAt: Instant,
  value: number,
  declared: Quality | undefined,
  sensor: Sensor,
  receivedAt: Instant,
): Quality {
  if (observedAt > receivedAt + clockSkewMs) return 'clock-skew'
  if (declared !== undefined && declared !== 'good') return declared
  const { min, max } = sensor.quantity.range
  return value < min || value > max ? 'out-of-range' : 'good'
}

function formatInstant(instant: Instant): string {
  const date = new Date(instant)
  return Number.isNaN(date.getTime()) ? String(instant) : date.toISOString()
}
