import { createHash } from 'node:crypto'
import type { DurationMs, Instant } from '../city/index.ts'
import type { Evidence, EvidenceSeries } from './ticket.ts'

/** Points a series keeps: as many as a ticket's chart shows on a wide screen, and about 100 KB a ticket with six sensors. */
export const evidencePointsMax = 600

// Enough of the good time before to see what changed: a quarter of the trouble's length, at least two hours; two weeks
// show weekday and weekend, and more would only flatten the curve.
const leadInMsMin: DurationMs = 2 * 3_600_000
const leadInMsMax: DurationMs = 14 * 86_400_000
const leadInShare = 0.25

/** What must be frozen for a ticket; written down with the ticket, so that it survives until the store could be asked. */
export type EvidenceWanted = {
  readonly ticket: number
  readonly asset: string
  readonly from: Instant
  /** Exclusive. */
  readonly to: Instant
  /** The sensor that raised it, with the limits of the rule that did. */
  readonly sensor: string
  readonly limits: EvidenceSeries['limits']
  readonly ruleText: string
  readonly ruleVersion: string
}

/** From well before the trouble began until now. */
export function evidenceWindow(startedAt: Instant, now: Instant): { readonly from: Instant; readonly to: Instant } {
  const length = Math.max(0, now - startedAt)
  const leadIn = Math.min(leadInMsMax, Math.max(leadInMsMin, length * leadInShare))
  return { from: Math.round(Math.min(startedAt, now) - leadIn), to: now + 1 }
}

/** Makes what the store gave into evidence: bounded, with the raising rule's limits, and hashed. */
export function freezeEvidence(wanted: EvidenceWanted, series: readonly EvidenceSeries[]): Evidence {
  const content = {
    from: wanted.from,
    to: wanted.to,
    series: series.map((one) => bounded(one.sensor === wanted.sensor ? withLimits(one, wanted.limits) : one)),
    ruleText: wanted.ruleText,
    ruleVersion: wanted.ruleVersion,
  }
  return { ...content, hash: evidenceHash(content) }
}

/** SHA-256 of the canonical JSON of all but the hash: anyone can recompute it from what the API serves. */
export function evidenceHash({ from, to, series, ruleText, ruleVersion }: Omit<Evidence, 'hash'>): string {
  return createHash('sha256').update(canonicalJson({ from, to, series, ruleText, ruleVersion })).digest('hex')
}

/** JSON with the keys of every object in order and no spaces: the same content gives the same text (as RFC 8785 for our data). */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part
    const entries = Object.entries(part).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    return Object.fromEntries(entries)
  })
}

/** A rule without drawn limits (a slope, a silence) keeps those the store's answer came with. */
function withLimits(series: EvidenceSeries, limits: EvidenceSeries['limits']): EvidenceSeries {
  return limits.length === 0 ? series : { ...series, limits }
}

/** Joins neighbouring points until no more than the bound are left; extremes survive. */
function bounded(series: EvidenceSeries): EvidenceSeries {
  const count = series.at.length
  if (count <= evidencePointsMax) return series
  const at: number[] = []
  const min: number[] = []
  const max: number[] = []
  const mean: number[] = []
  for (let point = 0; point < evidencePointsMax; point++) {
    const first = Math.floor((point * count) / evidencePointsMax)
    const end = Math.floor(((point + 1) * count) / evidencePointsMax)
    at.push(series.at[first] ?? 0)
    min.push(Math.min(...series.min.slice(first, end)))
    max.push(Math.max(...series.max.slice(first, end)))
    mean.push(series.mean.slice(first, end).reduce((sum, value) => sum + value, 0) / (end - first))
  }
  return { ...series, at, min, max, mean }
}
