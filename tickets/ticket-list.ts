import { type Kysely, sql } from 'kysely'
import { type AssetId, Refusal } from '../city/index.ts'
import { finishedStates, isFinished } from './state-machine.ts'
import type { TicketTables } from './tables.ts'
import type { PriorityBand, Ticket, TicketState } from './ticket.ts'
import { ticketFromRow } from './ticket-row.ts'

export type TicketFilter = {
  readonly states?: readonly TicketState[] | undefined
  readonly asset?: AssetId | undefined
  readonly crew?: string | undefined
  readonly band?: PriorityBand | undefined
  readonly limit: number
  /** The `next` of the page before. */
  readonly after?: string | undefined
}
export type TicketList = { readonly items: readonly Ticket[]; readonly next: string | null }

/** More rows than anyone reads on a page; the rest comes with the cursor. */
export const listedTicketsMax = 500

/** Written out, not bound: only so does the index `ticket_in_order` fit. */
const finished = sql.raw<number>(`(state in (${finishedStates.map((state) => `'${state}'`).join(', ')}))`)

/** What is to be done before what is done; then by priority; then the newest first. */
export async function listTickets(tables: Kysely<TicketTables>, filter: TicketFilter): Promise<TicketList> {
  const limit = Math.max(1, Math.min(listedTicketsMax, Math.floor(filter.limit)))
  let query = tables.selectFrom('ticket').selectAll()
  if (filter.states !== undefined) query = query.where('state', 'in', filter.states)
  if (filter.asset !== undefined) query = query.where('asset', '=', filter.asset)
  if (filter.crew !== undefined) query = query.where('crew', '=', filter.crew)
  if (filter.band !== undefined) query = query.where('priority_band', '=', filter.band)
  if (filter.after !== undefined) {
    const [ended, score, number] = readCursor(filter.after)
    query = query.where(sql<boolean>`(${finished}, -priority_score, -number) > (${ended}, ${-score}, ${-number})`)
  }
  const rows = await query
    .orderBy(sql`${finished}, -priority_score, -number`)
    .limit(limit + 1)
    .execute()
  const items = rows.slice(0, limit).map(ticketFromRow)
  const last = items.at(-1)
  return { items, next: rows.length > limit && last !== undefined ? cursorOf(last) : null }
}

function cursorOf({ state, priority, number }: Ticket): string {
  return Buffer.from(`${isFinished(state) ? 1 : 0},${priority.score},${number}`).toString('base64url')
}

function readCursor(cursor: string): [ended: number, score: number, number: number] {
  const [, ended, score, number] = /^([01]),(\d+),(\d+)$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? []
  if (number === undefined)
    throw new Refusal(
      'TICKETS_CURSOR_INVALID',
      `"${cursor}" is not the \`next\` of a list of tickets: start from the beginning`,
    )
  return [Number(ended), Number(score), Number(number)]
}
