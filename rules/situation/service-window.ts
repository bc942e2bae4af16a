import type { AssetId, DurationMs, Instant } from '../../city/index.ts'

/** Why nobody is called: somebody switched the asset off, work is planned on it, or a crew stands at it. */
export const windowKinds = ['out of service', 'maintenance', 'crew on site'] as const
export type WindowKind = (typeof windowKinds)[number]

/** How far a window reaches: its assets alone, with what is part of them, or with all that depends on them. */
export const windowReaches = ['asset', 'parts', 'dependents'] as const
export type WindowReach = (typeof windowReaches)[number]

/**
 * A time in which alarms of some assets call nobody. They are judged and listed all the same, and what is still true at
 * its end is raised. Every window ends by itself: one that was forgotten must not blind the town.
 */
export type ServiceWindow = {
  readonly id: string
  readonly kind: WindowKind
  /** Empty when it is about one alarm alone. */
  readonly assets: readonly AssetId[]
  /** `rule@asset`: only this alarm. */
  readonly alarm: string | undefined
  readonly reach: WindowReach
  readonly reason: string
  /** Who said so. */
  readonly by: string
  readonly from: Instant
  readonly until: Instant
  /** Of a crew on site: its ticket. */
  readonly ticket: number | undefined
  readonly createdAt: Instant
  /** Before its time. */
  readonly ended: { readonly at: Instant; readonly by: string } | undefined
}

/** Longer than this is no window but another rule, or another city. */
const windowMsMax: DurationMs = 366 * 86_400_000
/** For an asset that is out of service "until further notice": somebody has to say so again every month. */
export const outOfServiceMsDefault: DurationMs = 30 * 86_400_000
/** A shift. A crew that forgot to finish its ticket has gone home by then. */
export const onSiteMs: DurationMs = 8 * 3_600_000

export function endOf({ until, ended }: ServiceWindow): Instant {
  return ended === undefined ? until : Math.min(until, ended.at)
}

export function isOpenAt(window: ServiceWindow, at: Instant): boolean {
  return window.from <= at && at < endOf(window)
}

/** `maintenance: new bearing`, `crew on site (ticket 41)`. */
export function windowWords({ kind, reason, ticket }: ServiceWindow): string {
  if (kind === 'crew on site') return `crew on site${ticket === undefined ? '' : `, ticket ${ticket}`}`
  return kind === 'maintenance' ? `maintenance: ${reason}` : reason
}

/** What is wrong with a window that somebody asks for; `undefined` when nothing is. */
export function faultOfWindow({ reason, from, until }: ServiceWindow, at: Instant): string | undefined {
  if (reason.trim() === '') return 'reason: say why'
  if (!(until > from)) return 'until: expected a moment after "from"'
  if (!(until > at)) return 'until: expected a moment to come'
  if (until - Math.max(from, at) > windowMsMax) return 'until: at most 366 days'
  return undefined
}
