import type { AssetId, Instant, SensorId } from '../../city/index.ts'
import type { Verdict } from '../budget/verdict.ts'
import type { Level, Rule } from '../rule.ts'
import type { Bout } from './bout.ts'

/** A ticket that was raised, as far as a comparison needs it. Times are those of the trouble: event time. */
export type RaisedTicket = {
  readonly number: number
  readonly asset: AssetId
  readonly failureMode: string
  readonly title: string
  readonly startedAt: Instant
  /** When it was closed or cancelled; `undefined` while it is open. */
  readonly endedAt: Instant | undefined
  /** The bouts it answers for, `rule@asset@startedAt`. */
  readonly occurrences: readonly string[]
  readonly verdict: Verdict | undefined
}

/** A ticket that the rules would have raised. */
export type WouldBeTicket = {
  readonly asset: AssetId
  readonly failureMode: string
  readonly sensor: SensorId
  /** Places of the rules that would have had a part in it. */
  readonly rules: readonly number[]
  readonly startedAt: Instant
  readonly raisedAt: Instant
  /** When its last bout was over. */
  readonly endedAt: Instant | undefined
  readonly level: Level
  readonly bouts: number
  readonly reason: string
  /** The tickets that were raised about the same: none, and it would be new. */
  readonly raised: readonly RaisedTicket[]
}

export type Comparison = {
  readonly wouldBe: readonly WouldBeTicket[]
  /** Were raised by the same rules, and would not be. */
  readonly missing: readonly RaisedTicket[]
}

/**
 * Makes tickets of bouts as live: one per asset and failure mode at a time. What comes within the watch time after the
 * last bout belongs to it, for only after that would it have been closed as mended; and so does what a ticket that was
 * raised then answered for.
 */
export function compare(
  rules: readonly Rule[],
  bouts: readonly Bout[],
  raised: readonly RaisedTicket[],
  span: { readonly from: Instant; readonly to: Instant },
): Comparison {
  const byTrouble = new Map<string, RaisedTicket[]>()
  for (const ticket of raised) listIn(byTrouble, troubleOf(ticket)).push(ticket)
  const open = new Map<string, Draft>()
  const drafts: Draft[] = []
  for (const bout of bouts) {
    const rule = rules[bout.rule]
    if (rule === undefined) continue
    const trouble = troubleOf({ asset: bout.asset, failureMode: rule.failureMode })
    const same = (byTrouble.get(trouble) ?? []).filter((ticket) => isAbout(ticket, bout, rule))
    const before = open.get(trouble)
    if (before?.takes(bout, same) === true) before.add(bout, rule, same)
    else {
      const draft = new Draft(bout, rule, same)
      open.set(trouble, draft)
      drafts.push(draft)
    }
  }
  const met = new Set(drafts.flatMap((draft) => [...draft.raised]))
  const ids = new Set(rules.map(({ id }) => id))
  const missing = raised.filter(
    (ticket) =>
      !met.has(ticket) && ticket.startedAt >= span.from && ticket.startedAt < span.to && isOfRules(ticket, ids),
  )
  return { wouldBe: drafts.map((draft) => draft.ticket()), missing }
}

class Draft {
  readonly raised = new Set<RaisedTicket>()
  readonly #first: Bout
  readonly #failureMode: string
  readonly #rules = new Set<number>()
  #bouts = 0
  #level: Level = 'warning'
  #startedAt: Instant
  /** When the last bout was over, and until when another belongs to it. */
  #endedAt: Instant = Number.NEGATIVE_INFINITY
  #until: Instant = Number.NEGATIVE_INFINITY

  constructor(bout: Bout, rule: Rule, same: readonly RaisedTicket[]) {
    this.#first = bout
    this.#failureMode = rule.failureMode
    this.#startedAt = bout.startedAt
    this.add(bout, rule, same)
  }

  takes(bout: Bout, same: readonly RaisedTicket[]): boolean {
    return bout.firedAt <= this.#until || same.some((ticket) => this.raised.has(ticket))
  }

  add(bout: Bout, rule: Rule, same: readonly RaisedTicket[]): void {
    const endedAt = bout.endedAt ?? Number.POSITIVE_INFINITY
    this.#bouts++
    this.#rules.add(bout.rule)
    this.#startedAt = Math.min(this.#startedAt, bout.startedAt)
    this.#endedAt = Math.max(this.#endedAt, endedAt)
    this.#until = Math.max(this.#until, endedAt + rule.watchMs)
    if (bout.level === 'action') this.#level = 'action'
    for (const ticket of same) this.raised.add(ticket)
  }

  ticket(): WouldBeTicket {
    const { asset, sensor, firedAt, reason } = this.#first
    return {
      asset,
      failureMode: this.#failureMode,
      sensor,
      rules: [...this.#rules],
      startedAt: this.#startedAt,
      raisedAt: firedAt,
      endedAt: Number.isFinite(this.#endedAt) ? this.#endedAt : undefined,
      level: this.#level,
      bouts: this.#bouts,
      reason,
      raised: [...this.raised],
    }
  }
}

/** Whether a ticket that was raised answers for this bout: by name, or because it stood open while the trouble was there. */
function isAbout(ticket: RaisedTicket, { asset, startedAt, endedAt }: Bout, rule: Rule): boolean {
  if (ticket.occurrences.includes(`${rule.id}@${asset}@${startedAt}`)) return true
  const isBefore = endedAt !== undefined && endedAt < ticket.startedAt
  const isAfter = ticket.endedAt !== undefined && startedAt > ticket.endedAt
  return !isBefore && !isAfter
}

function isOfRules({ occurrences }: RaisedTicket, rules: ReadonlySet<string>): boolean {
  return occurrences.some((occurrence) => rules.has(occurrence.slice(0, occurrence.indexOf('@'))))
}

function troubleOf({ asset, failureMode }: { readonly asset: AssetId; readonly failureMode: string }): string {
  return `${asset} ${failureMode}`
}

function listIn<Item>(lists: Map<string, Item[]>, key: string): Item[] {
  const known = lists.get(key)
  if (known !== undefined) return known
  const list: Item[] = []
  lists.set(key, list)
  return list
}
