import type { TimeRange } from '../charts/model.ts'

/**
 * The range of time as it stands in the address: `from=now-24h&to=now`, or two instants. With `to=now` the charts follow
 * the clock.
 */
export type RangeText = { readonly from: string; readonly to: string }

const unitMs: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
}

export const rangeDefault: RangeText = { from: 'now-24h', to: 'now' }

export const presets: readonly { readonly from: string; readonly short: string; readonly long: string }[] = [
  { from: 'now-1h', short: '1 h', long: 'Last hour' },
  { from: 'now-6h', short: '6 h', long: 'Last 6 hours' },
  { from: 'now-24h', short: '24 h', long: 'Last 24 hours' },
  { from: 'now-7d', short: '7 d', long: 'Last 7 days' },
  { from: 'now-30d', short: '30 d', long: 'Last 30 days' },
]

// Closer than this there is nothing between two readings; further than this nobody keeps them.
const spanMinMs = 10_000
const spanMaxMs = 10 * 365 * 86_400_000

/** `now`, `now-6h`, ISO 8601 or milliseconds since 1970. */
export function parseInstant(text: string, now: number): number | undefined {
  if (text === 'now') return now
  const relative = /^now-(\d+)([smhdw])$/.exec(text)
  if (relative) return now - Number(relative[1]) * (unitMs[relative[2] ?? ''] ?? 0)
  if (/^\d{12,14}$/.test(text)) return Number(text)
  const parsed = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN
  return Number.isFinite(parsed) ? parsed : undefined
}

/** What the address asks for; the default where it asks for nothing, or for what cannot be. */
export function rangeText(query: URLSearchParams, now: number): RangeText {
  const text = { from: query.get('from') ?? rangeDefault.from, to: query.get('to') ?? rangeDefault.to }
  const range = resolve(text, now)
  return range ? text : rangeDefault
}

function resolve(text: RangeText, now: number): TimeRange | undefined {
  const from = parseInstant(text.from, now)
  const to = parseInstant(text.to, now)
  if (from === undefined || to === undefined || to - from < spanMinMs || to - from > spanMaxMs) return undefined
  return { from, to }
}

export function resolveRange(text: RangeText, now: number): TimeRange {
  return resolve(text, now) ?? { from: now - (unitMs['d'] ?? 0), to: now }
}

/** Whole seconds, without the milliseconds that make an address hard to read. */
export function instantText(at: number): string {
  return `${new Date(Math.round(at / 1_000) * 1_000).toISOString().slice(0, 19)}Z`
}

export function absolute(range: TimeRange): RangeText {
  return { from: instantText(range.from), to: instantText(range.to) }
}

function lasting(spanMs: number): RangeText {
  const minutes = Math.max(1, Math.round(spanMs / 60_000))
  if (minutes % 1_440 === 0) return { from: `now-${minutes / 1_440}d`, to: 'now' }
  return minutes % 60 === 0 ? { from: `now-${minutes / 60}h`, to: 'now' } : { from: `now-${minutes}m`, to: 'now' }
}

/** A stretch chosen on a chart, never shorter than what can be drawn. */
export function zoomedIn(range: TimeRange): RangeText {
  const lack = spanMinMs - (range.to - range.from)
  if (lack <= 0) return absolute(range)
  return absolute({ from: range.from - lack / 2 - 500, to: range.to + lack / 2 + 500 })
}

/** Twice as wide about the same middle; at the present it follows the clock again. */
export function zoomedOut(text: RangeText, now: number): RangeText {
  const { from, to } = resolveRange(text, now)
  const span = Math.min((to - from) * 2, spanMaxMs)
  if (text.to === 'now' || (from + to) / 2 + span / 2 >= now) return lasting(span)
  const middle = (from + to) / 2
  return absolute({ from: middle - span / 2, to: middle + span / 2 })
}

/** Half a width earlier or later; later ends at the present. */
export function moved(text: RangeText, direction: -1 | 1, now: number): RangeText {
  const { from, to } = resolveRange(text, now)
  const by = ((to - from) / 2) * direction
  if (to + by >= now) return lasting(to - from)
  return absolute({ from: from + by, to: to + by })
}
