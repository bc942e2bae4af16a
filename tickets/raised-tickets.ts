import { type Kysely, sql } from 'kysely'
import type { AssetId, Instant } from '../city/index.ts'
import type { RaisedTicket, Verdict } from '../rules/index.ts'
import { finishedStates } from './state-machine.ts'
import type { TicketTables } from './tables.ts'
import { verdictOf } from './ticket.ts'
import { ticketFromRow } from './ticket-row.ts'

/** A ticket as the figures of a rule count it. */
export type CountedTicket = {
  readonly number: number
  readonly asset: AssetId
  /** The rule that raised it. */
  readonly rule: string
  readonly startedAt: Instant
  readonly verdict: Verdict | undefined
}

// Ten years of a city of ten thousand assets at half a ticket a year; beyond that the newest count.
const countedMax = 50_000

/** The tickets that rules raised about troubles since then, the newest first. */
export async function countedTickets(tables: Kysely<TicketTables>, since: Instant): Promise<readonly CountedTicket[]> {
  const rows = await tables
    .selectFrom('ticket')
    .select(['number', 'asset', 'started_at', 'verdict', 'closing', sql<string>`cause ->> '$.rule'`.as('rule')])
    .where('cause', 'is not', null)
    .where('started_at', '>=', since)
    .orderBy('number', 'desc')
    .limit(countedMax)
    .execute()
  return rows.map(({ number, asset, started_at, verdict, closing, rule }) => ({
    number,
    asset,
    rule,
    startedAt: started_at,
    verdict: verdictOf({
      verdict: verdict as Verdict | undefined,
      closing: closing === 'no-fault-found' ? closing : undefined,
    }),
  }))
}

/**
 * The tickets about these failure modes that stood open at any moment of a span, for a comparison with what other rules
 * would have raised. Reports of people, which no rule raised, are among them: they were about the same trouble.
 */
export async function raisedTickets(
  tables: Kysely<TicketTables>,
  wanted: { readonly failureModes: readonly string[]; readonly from: Instant; readonly to: Instant },
): Promise<readonly RaisedTicket[]> {
  const rows = await tables
    .selectFrom('ticket')
    .selectAll()
    .where('failure_mode', 'in', wanted.failureModes)
    .where('started_at', '<', wanted.to)
    .orderBy('number')
    .execute()
  const ends = await endsOf(tables)
  const occurrences = new Map<number, string[]>()
  for (const { ticket, occurrence } of await tables
    .selectFrom('ticket_occurrence')
    .select(['ticket', 'occurrence'])
    .where('started_at', '<', wanted.to)
    .execute()) {
    const list = occurrences.get(ticket)
    if (list === undefined) occurrences.set(ticket, [occurrence])
    else list.push(occurrence)
  }
  return rows.map(ticketFromRow).flatMap((ticket) => {
    const { number, asset, failureMode, title, startedAt, state } = ticket
    const endedAt = finishedStates.some((finished) => finished === state) ? ends.get(number) : undefined
    if (endedAt !== undefined && endedAt < wanted.from) return []
    const verdict = verdictOf(ticket)
    return [
      { number, asset, failureMode, title, startedAt, endedAt, occurrences: occurrences.get(number) ?? [], verdict },
    ]
  })
}

/** When each ticket was last closed or cancelled: what is said of it afterwards does not count. */
async function endsOf(tables: Kysely<TicketTables>): Promise<ReadonlyMap<number, Instant>> {
  const rows = await tables
    .selectFrom('ticket_history')
    .select(({ fn }) => ['ticket', fn.max('at').as('at')])
    .where('to_state', 'in', finishedStates)
    .where('from_state', 'not in', finishedStates)
    .groupBy('ticket')
    .execute()
  return new Map(rows.map(({ ticket, at }) => [ticket, Number(at)]))
}
