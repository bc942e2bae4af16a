import type { Kysely, Transaction } from 'kysely'
import type { AssetId, Instant } from '../city/index.ts'
import type { Level } from '../rules/index.ts'
import type { EvidenceWanted } from './evidence.ts'
import { finishedStates } from './state-machine.ts'
import type { TicketTables } from './tables.ts'
import type { HistoryEntry, Ticket } from './ticket.ts'
import { rowFromTicket, ticketFromRow } from './ticket-row.ts'

/** A bout of trouble that a ticket answers for. */
export type KnownOccurrence = {
  readonly occurrence: string
  readonly ticket: number
  readonly alarm: string
  readonly startedAt: Instant
  readonly level: Level
  readonly seenUntil: Instant
  readonly overAt: Instant | undefined
}

/** What a transaction wrote: the ticket as it stands afterwards and the lines added. */
export type Written = { readonly ticket: Ticket; readonly entries: readonly HistoryEntry[] }

/** What may be done inside one transaction. */
export class TicketPage {
  readonly #tables: Transaction<TicketTables>
  readonly written: Written[] = []

  constructor(tables: Transaction<TicketTables>) {
    this.#tables = tables
  }

  find(number: number): Promise<Ticket | undefined> {
    return findTicket(this.#tables, number)
  }

  async unfinishedAbout(asset: AssetId, failureMode: string): Promise<Ticket | undefined> {
    const row = await this.#tables
      .selectFrom('ticket')
      .selectAll()
      .where('asset', '=', asset)
      .where('failure_mode', '=', failureMode)
      .where('state', 'not in', finishedStates)
      .executeTakeFirst()
    return row && ticketFromRow(row)
  }

  /** How many tickets about the same trouble ended since then, and the last of them. */
  async endedSince(
    asset: AssetId,
    failureMode: string,
    since: Instant,
  ): Promise<{ readonly count: number; readonly last: Ticket | undefined }> {
    const ended = this.#tables
      .selectFrom('ticket')
      .where('asset', '=', asset)
      .where('failure_mode', '=', failureMode)
      .where('state', 'in', finishedStates)
      .where('updated_at', '>=', since)
    const counted = await ended.select(({ fn }) => fn.countAll<number>().as('count')).executeTakeFirst()
    const row = await ended
      .selectAll()
      .orderBy('updated_at', 'desc')
      .orderBy('number', 'desc')
      .limit(1)
      .executeTakeFirst()
    return { count: Number(counted?.count ?? 0), last: row && ticketFromRow(row) }
  }

  async insert(ticket: Omit<Ticket, 'number'>, entries: readonly HistoryEntry[]): Promise<Ticket> {
    const { number } = await this.#tables
      .insertInto('ticket')
      .values(rowFromTicket(ticket))
      .returning('number')
      .executeTakeFirstOrThrow()
    return this.#write({ ...ticket, number }, entries)
  }

  /** @throws when the ticket is no longer as `before` says: two changes at once are a mistake in the program */
  async update(before: Ticket, after: Ticket, entries: readonly HistoryEntry[]): Promise<Ticket> {
    const { numUpdatedRows } = await this.#tables
      .updateTable('ticket')
      .set(rowFromTicket(after))
      .where('number', '=', before.number)
      .where('state', '=', before.state)
      .where('updated_at', '=', before.updatedAt)
      .executeTakeFirst()
    if (numUpdatedRows !== 1n) throw new Error(`ticket ${before.number} was changed by someone else at the same moment`)
    return this.#write(after, entries)
  }

  async occurrence(occurrence: string): Promise<KnownOccurrence | undefined> {
    const row = await this.#tables
      .selectFrom('ticket_occurrence')
      .selectAll()
      .where('occurrence', '=', occurrence)
      .executeTakeFirst()
    return row && occurrenceFromRow(row)
  }

  /** When the last bout of a ticket was over; `undefined` while one goes on. */
  async quietSince(ticket: number): Promise<Instant | undefined> {
    const bouts = this.#tables.selectFrom('ticket_occurrence').where('ticket', '=', ticket)
    const goingOn = await bouts.select('occurrence').where('over_at', 'is', null).limit(1).executeTakeFirst()
    if (goingOn !== undefined) return undefined
    const last = await bouts.select(({ fn }) => fn.max('over_at').as('overAt')).executeTakeFirst()
    return last?.overAt ?? undefined
  }

  /** Bouts of one alarm that began by then and are not known to be over. */
  async goingOn(alarm: string, startedBy: Instant): Promise<readonly KnownOccurrence[]> {
    const rows = await this.#tables
      .selectFrom('ticket_occurrence')
      .selectAll()
      .where('alarm', '=', alarm)
      .where('over_at', 'is', null)
      .where('started_at', '<=', startedBy)
      .execute()
    return rows.map(occurrenceFromRow)
  }

  async putOccurrence(known: KnownOccurrence): Promise<void> {
    const row = {
      ticket: known.ticket,
      alarm: known.alarm,
      started_at: Math.round(known.startedAt),
      level: known.level,
      seen_until: Math.round(known.seenUntil),
      over_at: known.overAt === undefined ? null : Math.round(known.overAt),
    }
    await this.#tables
      .insertInto('ticket_occurrence')
      .values({ occurrence: known.occurrence, ...row })
      .onConflict((conflict) => conflict.column('occurrence').doUpdateSet(row))
      .execute()
  }

  /** Evidence is fetched once for a ticket; a second wish changes nothing. */
  async wantEvidence(wanted: EvidenceWanted): Promise<void> {
    await this.#tables
      .insertInto('ticket_evidence_wanted')
      .values({ ticket: wanted.ticket, wanted: JSON.stringify(wanted) })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
  }

  async #write(ticket: Ticket, entries: readonly HistoryEntry[]): Promise<Ticket> {
    for (const { at, by, action, from, to, note } of entries) {
      await this.#tables
        .insertInto('ticket_history')
        .values({
          ticket: ticket.number,
          at: Math.round(at),
          by,
          action,
          from_state: from ?? null,
          to_state: to ?? null,
          note,
        })
        .execute()
    }
    this.written.push({ ticket, entries })
    return ticket
  }
}

export async function findTicket(tables: Kysely<TicketTables>, number: number): Promise<Ticket | undefined> {
  const row = await tables.selectFrom('ticket').selectAll().where('number', '=', number).executeTakeFirst()
  return row && ticketFromRow(row)
}

function occurrenceFromRow(row: TicketTables['ticket_occurrence']): KnownOccurrence {
  return {
    occurrence: row.occurrence,
    ticket: row.ticket,
    alarm: row.alarm,
    startedAt: row.started_at,
    level: row.level === 'action' ? 'action' : 'warning',
    seenUntil: row.seen_until,
    overAt: row.over_at ?? undefined,
  }
}
