import type { Criticality, DurationMs, Instant } from '../city/index.ts'
import type { Level, Severity } from '../rules/index.ts'
import type { Priority, PriorityBand, PriorityFactor } from './ticket.ts'

/** All that the priority is made from. */
export type PriorityGrounds = {
  readonly severity: Severity
  readonly criticality: Criticality
  /** The highest limit passed; `undefined` when a person reported it. */
  readonly level: Level | undefined
  /** The limit was not passed but foreseen. */
  readonly isForecast?: boolean
  /** Returns after work was done on this ticket, and earlier tickets about the same trouble. */
  readonly relapses: number
  readonly earlier: number
  /** Assets that depend on this one. */
  readonly dependents: number
  readonly waitedMs: DurationMs
}

// The points of all factors add up to 100 at most: 35 + 25 + 15 + 10 + 10 + 5.
const severityPoints: { readonly [severity in Severity]: number } = { minor: 5, moderate: 15, major: 25, critical: 35 }
const criticalityPoints: { readonly [criticality in Criticality]: number } = { 1: 3, 2: 8, 3: 13, 4: 19, 5: 25 }
const levelPoints: { readonly [level in Level]: number } = { warning: 5, action: 15 }
const foreseenPoints: { readonly [level in Level]: number } = { warning: 3, action: 10 }
/** No limit says how soon a person's report must be seen to: its severity does. */
const reportPoints: { readonly [severity in Severity]: number } = { minor: 0, moderate: 5, major: 10, critical: 15 }
const pointsPerReturn = 5
const returnPointsMax = 10
const dependentPointsMax = 10
const waitingPointsMax = 5

/** From this score on; and how long until it is due. */
const bands: readonly { band: PriorityBand; from: number; dueMs: DurationMs }[] = [
  { band: 'urgent', from: 70, dueMs: 4 * 3_600_000 },
  { band: 'high', from: 50, dueMs: 24 * 3_600_000 },
  { band: 'medium', from: 30, dueMs: 7 * 86_400_000 },
  { band: 'low', from: 0, dueMs: 28 * 86_400_000 },
]

const criticalityWords: { readonly [criticality in Criticality]: string } = {
  1: 'Hardly anyone would notice for a week.',
  2: 'A few people would be inconvenienced.',
  3: 'A street or a building would be without its service.',
  4: 'Many people would be without an important service.',
  5: 'People could be harmed, or a district be without service.',
}

/** Adds up the named factors. More of any ground never gives fewer points (tests/tickets/priority.test.ts). */
export function priorityOf(grounds: PriorityGrounds): Priority {
  const factors = [
    severityFactor(grounds),
    criticalityFactor(grounds),
    howSoonFactor(grounds),
    returnFactor(grounds),
    dependentsFactor(grounds),
    waitingFactor(grounds),
  ].filter(({ points }) => points > 0)
  const score = factors.reduce((sum, { points }) => sum + points, 0)
  return { score, band: bandOf(score), factors }
}

export function bandOf(score: number): PriorityBand {
  return bands.find(({ from }) => score >= from)?.band ?? 'low'
}

/** When work of this band, begun to be counted now, should be done. */
export function dueAfter(band: PriorityBand, from: Instant): Instant {
  return from + (bands.find((entry) => entry.band === band)?.dueMs ?? 0)
}

function severityFactor({ severity }: PriorityGrounds): PriorityFactor {
  return { name: 'severity', points: severityPoints[severity], because: `The trouble is rated ${severity}.` }
}

function criticalityFactor({ criticality }: PriorityGrounds): PriorityFactor {
  return {
    name: 'criticality',
    points: criticalityPoints[criticality],
    because: `Criticality ${criticality} of 5. ${criticalityWords[criticality]}`,
  }
}

function howSoonFactor({ level, severity, isForecast }: PriorityGrounds): PriorityFactor {
  const name = 'how soon'
  if (level === undefined)
    return { name, points: reportPoints[severity], because: `Reported by a person as ${severity}.` }
  if (isForecast === true)
    return {
      name,
      points: foreseenPoints[level],
      because: `The ${level} limit is not passed yet, but will be as it goes.`,
    }
  const because =
    level === 'action'
      ? 'The action limit is passed already.'
      : 'The warning limit is passed, the action limit not yet.'
  return { name, points: levelPoints[level], because }
}

function returnFactor({ relapses, earlier }: PriorityGrounds): PriorityFactor {
  const points = Math.min(returnPointsMax, (relapses + earlier) * pointsPerReturn)
  const said: string[] = []
  if (relapses > 0) said.push(`It came back ${times(relapses)} after work was done.`)
  if (earlier > 0)
    said.push(`There ${earlier === 1 ? 'was a ticket' : `were ${earlier} tickets`} about it in the last 90 days.`)
  return { name: 'came back', points, because: said.join(' ') }
}

function dependentsFactor({ dependents }: PriorityGrounds): PriorityFactor {
  const because = dependents === 1 ? 'One other asset depends on it.' : `${dependents} other assets depend on it.`
  return { name: 'dependents', points: Math.min(dependentPointsMax, dependents), because }
}

function waitingFactor({ waitedMs }: PriorityGrounds): PriorityFactor {
  const days = Math.max(0, Math.floor(waitedMs / 86_400_000))
  const because = days === 1 ? 'It has waited for a day.' : `It has waited for ${days} days.`
  return { name: 'waiting', points: Math.min(waitingPointsMax, days), because }
}

function times(count: number): string {
  if (count === 1) return 'once'
  return count === 2 ? 'twice' : `${count} times`
}
