import type { Kysely } from 'kysely'
import type { Database } from '../city/index.ts'
import { finishedStates } from './state-machine.ts'
import type { TicketTables } from './tables.ts'
import type { HistoryEntry, Ticket } from './ticket.ts'
import { findTicket, TicketPage, type Written } from './ticket-page.ts'
import { entryFromRow, ticketFromRow } from './ticket-row.ts'

// SQLite takes 32,766 parameters in one statement.
const occurrencesPerQuery = 1_000

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
    this.#tables = database.kysely.withTables<TicketTables>()
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

  /** The ticket of each bout, where there is one. */
  async aboutOccurrences(occurrences: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const found = new Map<string, number>()
    for (let start = 0; start < occurrences.length; start += occurrencesPerQuery) {
      const rows = await this.#tables
        .selectFrom('ticket_occurrence')
        .select(['occurrence', 'ticket'])
        .where('occurrence', 'in', occurrences.slice(start, start + occurrencesPerQuery))
        .execute()
      for (const { occurrence, ticket } of rows) found.set(occurrence, ticket)
    }
    return found
  }

  tables(): Kysely<TicketTables> {
    return this.#tables
  }
}

async function newestLine(tables: Kysely<TicketTables>): Promise<number> {
  const row = await tables
    .selectFrom('ticket_history')
    .select(({ fn }) => fn.max('id').as('newest'))
    .executeTakeFirst()
  return Number(row?.newest ?? 0)
}
