import type { Kysely, Transaction } from 'kysely'
import type { AssetId, Database, Instant } from '../city/index.ts'
import type { Level } from '../rules/index.ts'
import type { EvidenceWanted } from './evidence.ts'
import { finishedStates } from './state-machine.ts'
import type { TicketTables } from './tables.ts'
import type { HistoryEntry, Ticket } from './ticket.ts'
import { entryFromRow, rowFromTicket, ticketFromRow } from './ticket-row.ts'

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

/** What changed, and whether another process had written since this one last did. */
export type Changed<Result> = {
  readonly result: Result
  readonly written: readonly Written[]
  readonly elsewhere: boolean
}

/** The tickets as they are kept: every change is one transaction, with the history lines that tell of it. */
export class TicketBook {
  readonly #tables: Kysely<TicketTables>
  /** The newest history line this process knows of. */
  #newestLine = 0

  constructor(database: Database) {
    this.#tables = database.kysely.withTables<TicketTables>() as unknown as Kysely<TicketTables>
  }

  async change<Result>(work: (page: TicketPage) => Promise<Result>): Promise<Changed<Result>> {
    const outcome = await this.#tables.transaction().execute(async (transaction) => {
      const newestBefore = await newestLine(transaction)
      const page = new TicketPage(transaction)
      const result = await work(page)
      return { result, written: page.written, newestBefore, newestAfter: await newestLine(transaction) }
    })
    const elsewhere = outcome.newestBefore !== this.#newestLine
    this.#newestLine = outcome.newestAfter
    return { result: outcome.result, written: outcome.written, elsewhere }
  }

  async writtenElsewhere(): Promise<boolean> {
    return (await newestLine(this.#tables)) !== this.#newestLine
  }

  /** All that are not closed or cancelled. */
  async unfinished(): Promise<readonly Ticket[]> {
    this.#newestLine = await newestLine(this.#tables)
    const rows = await this.#tables.selectFrom('ticket').selectAll().where('state', 'not in', finishedStates).execute()
    return rows.map(ticketFromRow)
  }

  async find(number: number): Promise<Ticket | undefined> {
    return findTicket(this.#tables, number)
  }

  async history(number: number): Promise<readonly HistoryEntry[]> {
    const rows = await this.#tables
      .selectFrom('ticket_history')
      .selectAll()
      .where('ticket', '=', number)
      .orderBy('id')
      .execute()
    return rows.map(entryFromRow)
  }

  tables(): Kysely<TicketTables> {
    return this.#tables
  }
}

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

async function findTicket(tables: Kysely<TicketTables>, number: number): Promise<Ticket | undefined> {
  const row = await tables.selectFrom('ticket').selectAll().where('number', '=', number).executeTakeFirst()
  return row && ticketFromRow(row)
}

async function newestLine(tables: Kysely<TicketTables>): Promise<number> {
  const row = await tables
    .selectFrom('ticket_history')
    .select(({ fn }) => fn.max('id').as('newest'))
    .executeTakeFirst()
  return Number(row?.newest ?? 0)
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
