import { type Insertable, type Kysely, type Selectable, sql, type Transaction } from 'kysely'
import type { Database, Instant, SensorId } from '../../city/index.ts'
import type { Refusal } from '../batch.ts'
import type { Reading } from '../reading.ts'
import type { QuarantineTable, QuarantineTables } from './migrations.ts'
import { showPayload } from './payload.ts'
import { refusalsByStore } from './refused-by-store.ts'

/** Messages refused alike: one row per device, topic and reason, however many came. */
export type QuarantineEntry = {
  readonly id: number
  readonly device: string
  readonly topic: string
  readonly reason: string
  readonly detail: string
  readonly suggestion: string | null
  /** The last one, as text or in hexadecimal digits, cut to 4 KB. */
  readonly payload: string
  readonly count: number
  readonly firstAt: Instant
  readonly lastAt: Instant
}

export type QuarantineTotals = {
  /** Rows held now. */
  readonly rows: number
  /** Messages that these rows stand for. */
  readonly messages: number
  /** Rows forgotten for want of room since the beginning. */
  readonly forgotten: number
}

// 5,000 rows of at most 4 KB: 20 MB of disk at worst, and more different mistakes than anyone will read.
export const quarantineRowsMax = 5_000
// While others need the room, one device has half of it at most.
const rowsOfOneDeviceMax = quarantineRowsMax / 2
// Nine values a row; SQLite takes 32,766 in a statement.
const rowsPerStatementMax = 500
export const quarantinePageMax = 500

/**
 * What was refused, for the person who has to find out why. Bounded: the row that was quiet longest is forgotten first, but
 * of a device that has more than half of all rows its own, so that nobody pushes out what others did wrong.
 */
export class Quarantine {
  readonly #database: Kysely<QuarantineTables>

  constructor(database: Database) {
    this.#database = database.kysely.withTables<QuarantineTables>()
  }

  /** Resolves once all of them are committed. A row that is known is counted up and shows the newest payload. */
  async add(refusals: readonly (Refusal & { readonly suggestion: SensorId | undefined })[]): Promise<void> {
    if (refusals.length === 0) return
    const rows = refusals.map((refusal) => ({
      device: refusal.device,
      topic: refusal.topic,
      reason: refusal.reason,
      detail: refusal.detail,
      suggestion: refusal.suggestion ?? null,
      payload: showPayload(refusal.payload),
      count: refusal.count,
      first_at: refusal.firstAt,
      last_at: refusal.lastAt,
    }))
    await this.#database.transaction().execute(async (transaction) => {
      for (let at = 0; at < rows.length; at += rowsPerStatementMax)
        await upsert(transaction, rows.slice(at, at + rowsPerStatementMax))
      await forgetOldest(transaction)
    })
  }

  /** What was good and the store does not take: a row a sensor. */
  addRefusedByStore(readings: readonly Reading[], detail: string, at: Instant): Promise<void> {
    return this.add(refusalsByStore(readings, detail, at))
  }

  /** The newest first. `before` is the last entry of the page before this one. */
  async list(page: {
    readonly limit: number
    readonly before?: { readonly lastAt: Instant; readonly id: number } | undefined
  }): Promise<readonly QuarantineEntry[]> {
    let query = this.#database.selectFrom('quarantine').selectAll()
    const { before } = page
    if (before !== undefined)
      query = query.where((is) =>
        is.or([is('last_at', '<', before.lastAt), is('last_at', '=', before.lastAt).and('id', '<', before.id)]),
      )
    const rows = await query
      .orderBy('last_at', 'desc')
      .orderBy('id', 'desc')
      .limit(Math.min(page.limit, quarantinePageMax))
      .execute()
    return rows.map(toEntry)
  }

  async count(): Promise<QuarantineTotals> {
    const held = await this.#database
      .selectFrom('quarantine')
      .select((of) => [of.fn.countAll<number>().as('rows'), of.fn.sum<number | null>('count').as('messages')])
      .executeTakeFirstOrThrow()
    const { rows } = await this.#database.selectFrom('quarantine_forgotten').select('rows').executeTakeFirstOrThrow()
    return { rows: held.rows, messages: held.messages ?? 0, forgotten: rows }
  }

  /** Whether there was such a row. */
  async remove(id: number): Promise<boolean> {
    const { numDeletedRows } = await this.#database.deleteFrom('quarantine').where('id', '=', id).executeTakeFirst()
    return numDeletedRows > 0n
  }
}

async function upsert(transaction: Transaction<QuarantineTables>, rows: Insertable<QuarantineTable>[]): Promise<void> {
  await transaction
    .insertInto('quarantine')
    .values(rows)
    .onConflict((conflict) =>
      conflict.columns(['device', 'topic', 'reason']).doUpdateSet((known) => ({
        detail: known.ref('excluded.detail'),
        suggestion: known.ref('excluded.suggestion'),
        payload: known.ref('excluded.payload'),
        count: sql<number>`quarantine.count + excluded.count`,
        last_at: known.ref('excluded.last_at'),
      })),
    )
    .execute()
}

async function forgetOldest(transaction: Transaction<QuarantineTables>): Promise<void> {
  const { rows } = await transaction
    .selectFrom('quarantine')
    .select((of) => of.fn.countAll<number>().as('rows'))
    .executeTakeFirstOrThrow()
  const tooMany = rows - quarantineRowsMax
  if (tooMany <= 0) return
  const busiest = await transaction
    .selectFrom('quarantine')
    .select((of) => ['device', of.fn.countAll<number>().as('rows')])
    .groupBy('device')
    .orderBy('rows', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow()
  const oldest = transaction
    .selectFrom('quarantine')
    .select('id')
    .$if(busiest.rows - tooMany >= rowsOfOneDeviceMax, (some) => some.where('device', '=', busiest.device))
    .orderBy('last_at')
    .orderBy('id')
    .limit(tooMany)
  await transaction.deleteFrom('quarantine').where('id', 'in', oldest).execute()
  await transaction
    .updateTable('quarantine_forgotten')
    .set((of) => ({ rows: of('rows', '+', tooMany) }))
    .execute()
}

function toEntry(row: Selectable<QuarantineTable>): QuarantineEntry {
  const { first_at: firstAt, last_at: lastAt, ...same } = row
  return { ...same, firstAt, lastAt }
}
