import type { AssetId, DurationMs, Explains, Instant, RelationKind } from '../../city/index.ts'

/** An alarm that fires, and of which it is asked whether a parent explains it. */
export type Trouble = {
  readonly isSilence: boolean
  /** When it began: of a silence the last word. */
  readonly beganAt: Instant
  /** Since when its ticket waits, if it does: it fired then, or we began to listen. */
  readonly heldSince: Instant
  /** How often its sensor should report. */
  readonly intervalMs: DurationMs
  /** Of a silence: how long it may last before it is one. */
  readonly missedAfterMs: DurationMs
}

/** Whether a parent is heard at all. */
export type ParentSilence = {
  /** `missed`: all that is known of it is silent, or was until just now and has not been steady since. */
  readonly state: 'heard' | 'missed'
  readonly lastWordAt: Instant
  /** Its last word before it was missed, while it is. */
  readonly beganAt: Instant
  readonly intervalMs: DurationMs
  /** When it was heard again after it had last been missed; `-Infinity` when it never was. */
  readonly backAt: Instant
}

/** An alarm of the parent whose failure mode explains others. */
export type ParentTrouble = {
  readonly title: string
  readonly explains: Explains
  readonly state: 'pending' | 'active' | 'over'
  readonly beganAt: Instant
  readonly intervalMs: DurationMs
  /** When it began to recover, once it is over. */
  readonly backAt: Instant
}

export type ParentStanding = {
  readonly asset: AssetId
  readonly relation: RelationKind
  /** `undefined` where no rule would notice that it is silent. */
  readonly silence: ParentSilence | undefined
  readonly troubles: readonly ParentTrouble[]
}

export type Explanation = {
  readonly parent: AssetId
  readonly reason: string
  /** `waiting`: the parent's own word is awaited, for no longer than until then. */
  readonly until: Instant | undefined
  /** Of what the parent has: for telling which of two that explain each other was first. */
  readonly parentBeganAt: Instant
}

/**
 * Children may be missed before their parent is, because they report more often. Their tickets wait for the parent's
 * verdict for this long at most.
 */
export const heldMsMax: DurationMs = 3_600_000
/** After this many of its intervals without a word something is overdue. */
const overdueIntervals = 2
/** After its parent is back, a child has the time for so many reports before its silence counts as its own. */
const returnIntervals = 2

const words: Readonly<Record<RelationKind, string>> = {
  'part of': 'of which it is a part',
  'fed by': 'by which it is fed',
  'reports through': 'through which it reports',
}

/**
 * Whether a parent explains a trouble, or may turn out to. `explainedBefore`: the parents that did when this was last
 * asked, for one that has just come back goes on explaining for a little while.
 */
export function explain(
  trouble: Trouble,
  parents: readonly ParentStanding[],
  explainedBefore: AssetId | undefined,
  at: Instant,
): Explanation | undefined {
  let waiting: Explanation | undefined
  for (const parent of parents) {
    const wasExplained = explainedBefore === parent.asset
    const found = [
      ...(parent.silence === undefined ? [] : [bySilence(trouble, parent, parent.silence, wasExplained, at)]),
      ...parent.troubles.map((each) => byTrouble(trouble, parent, each, wasExplained, at)),
    ]
    for (const each of found) {
      if (each === undefined) continue
      if (each.until === undefined) return each
      waiting ??= each
    }
  }
  return waiting
}

/** Nothing is heard through a gateway that is silent. Where it is silent itself, more than that nobody can know. */
function bySilence(
  trouble: Trouble,
  { asset, relation }: ParentStanding,
  silence: ParentSilence,
  wasExplained: boolean,
  at: Instant,
): Explanation | undefined {
  if (!trouble.isSilence || relation !== 'reports through') return undefined
  if (silence.state === 'missed') {
    if (wasMissedBefore(trouble, silence.beganAt)) return undefined
    const reason = `${asset}, ${words[relation]}, is silent`
    return { parent: asset, reason, until: undefined, parentBeganAt: silence.beganAt }
  }
  const returned = returning(trouble, asset, silence.backAt, wasExplained, at)
  if (returned !== undefined) return returned

  // Heard since: whatever silenced the child was not its gateway.
  if (silence.lastWordAt > trouble.beganAt + overdueIntervals * trouble.intervalMs) return undefined
  if (wasMissedBefore(trouble, silence.lastWordAt)) return undefined
  const overdueAt = silence.lastWordAt + overdueIntervals * silence.intervalMs
  const until = Math.min(at < overdueAt ? overdueAt : Number.POSITIVE_INFINITY, trouble.heldSince + heldMsMax)
  if (at >= until) return undefined
  const reason = `${asset}, ${words[relation]}, has not been heard since either`
  return { parent: asset, reason, until, parentBeganAt: silence.lastWordAt }
}

function byTrouble(
  trouble: Trouble,
  { asset, relation }: ParentStanding,
  parent: ParentTrouble,
  wasExplained: boolean,
  at: Instant,
): Explanation | undefined {
  if (parent.explains === 'silence' && !trouble.isSilence) return undefined
  if (parent.state === 'over')
    return trouble.isSilence ? returning(trouble, asset, parent.backAt, wasExplained, at) : undefined
  // What was there before cannot follow from it; reports of the two need not come at the same moment.
  const slackMs = overdueIntervals * Math.max(parent.intervalMs, trouble.intervalMs)
  const isOlder = trouble.isSilence
    ? wasMissedBefore(trouble, parent.beganAt)
    : trouble.beganAt < parent.beganAt - slackMs
  if (isOlder) return undefined
  if (parent.state === 'active') {
    const reason = `${asset}, ${words[relation]}: ${parent.title}`
    return { parent: asset, reason, until: undefined, parentBeganAt: parent.beganAt }
  }
  const until = trouble.heldSince + heldMsMax
  if (at >= until) return undefined
  const reason = `${asset}, ${words[relation]}, shows signs of "${parent.title}"`
  return { parent: asset, reason, until, parentBeganAt: parent.beganAt }
}

/** It was overdue already when the parent's trouble began. */
function wasMissedBefore({ beganAt, missedAfterMs }: Trouble, parentBeganAt: Instant): boolean {
  return beganAt + missedAfterMs < parentBeganAt
}

function returning(
  trouble: Trouble,
  asset: AssetId,
  backAt: Instant,
  wasExplained: boolean,
  at: Instant,
): Explanation | undefined {
  const until = backAt + returnIntervals * trouble.intervalMs
  if (!wasExplained || at >= until || trouble.beganAt > backAt) return undefined
  return {
    parent: asset,
    reason: `${asset} is back; what depends on it is to report soon`,
    until,
    parentBeganAt: backAt,
  }
}
