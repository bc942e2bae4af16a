import type { Instant } from '../../../city/index.ts'
import type { Forecast } from '../../../rules/index.ts'

/** Instants as the API shows them. What lies outside the calendar is held at its ends instead of throwing. */
export function isoOf(at: Instant): string {
  const calendarMs = 8_640_000_000_000_000
  return new Date(Math.min(calendarMs, Math.max(-calendarMs, at))).toISOString()
}

export function isoOrNull(at: Instant | undefined): string | null {
  return at === undefined ? null : isoOf(at)
}

export function forecastViewOf(
  forecast: Forecast | undefined,
): { readonly at: string; readonly from: string; readonly to: string | null } | null {
  return forecast === undefined
    ? null
    : { at: isoOf(forecast.at), from: isoOf(forecast.from), to: isoOrNull(forecast.to) }
}
