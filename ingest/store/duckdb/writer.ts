import type { DuckDBAppender, DuckDBConnection } from '@duckdb/node-api'
import type { SensorId } from '../../../city/index.ts'
import type { Reading } from '../../reading.ts'
import { appendReadings, appendSensors, type Rows } from './chunks.ts'
import { Identities, type Known, replaces, sortOut } from './identity.ts'
import { newestSql } from './newest.ts'
import { type FreshTable, freshTables, type ReadingTable } from './schema.ts'
import { SensorBook } from './sensor-book.ts'

/** What a batch changes: rows to add, identities of rows to take out before. */
type Plan = {
  readonly add: Rows
  readonly replaced: { readonly sensors: readonly number[]; readonly readings: readonly Reading[] }
  readonly tables: ReadonlySet<ReadingTable>
}

/** The one connection that writes readings. One batch at a time; each is one transaction, synced when it resolves. */
export class Writer {
  readonly book: SensorBook
  readonly #connection: DuckDBConnection
  readonly #identities: Identities
  readonly #sensors: DuckDBAppender
  #readings: DuckDBAppender
  #active: FreshTable
  #activeRows: number

  private constructor(
    connection: DuckDBConnection,
    book: SensorBook,
    identities: Identities,
    appenders: { readonly sensors: DuckDBAppender; readonly readings: DuckDBAppender },
    active: { readonly table: FreshTable; readonly rows: number },
  ) {
    this.#connection = connection
    this.book = book
    this.#identities = identities
    this.#sensors = appenders.sensors
    this.#readings = appenders.readings
    this.#active = active.table
    this.#activeRows = active.rows
  }

  static async open(connection: DuckDBConnection): Promise<Writer> {
    const book = await loadBook(connection)
    const active = await findActive(connection)
    const appenders = {
      sensors: await connection.createAppender('sensors'),
      readings: await connection.createAppender(active.table),
    }
    return new Writer(connection, book, await Identities.on(connection), appenders, active)
  }

  get active(): FreshTable {
    return this.#active
  }

  get activeRows(): number {
    return this.#activeRows
  }

  get other(): FreshTable {
    return this.#active === freshTables[0] ? freshTables[1] : freshTables[0]
  }

  /** From now on readings go to the other fresh table, which is empty unless settling it failed. */
  async turnOver(): Promise<void> {
    const next = this.other
    this.#readings = await this.#connection.createAppender(next)
    this.#active = next
    this.#activeRows = 0
  }

  /** `quiet` resolves when nobody else deletes or moves rows; replacing one meanwhile would conflict. */
  async write(readings: readonly Reading[], quiet: () => Promise<void>): Promise<void> {
    const namesBefore = this.book.size
    const { ahead, behind } = sortOut(this.book, readings)
    try {
      const plan = await this.#plan(ahead, behind, quiet)
      if (plan.add.readings.length > 0) await this.#commit(plan, namesBefore)
      const { sensors, readings: added } = plan.add
      for (let at = 0; at < added.length; at++) this.book.keep(sensors[at] ?? 0, added[at] as Reading)
      this.#activeRows += added.length
    } catch (error) {
      for (const reading of readings) this.book.retreat(this.book.numberFor(reading.sensor))
      this.book.truncate(namesBefore)
      throw error
    }
  }

  async #plan(ahead: Rows, behind: Plan['replaced'], quiet: () => Promise<void>): Promise<Plan> {
    if (behind.readings.length === 0) return { add: ahead, replaced: behind, tables: new Set() }
    let known = await this.#lookUp(behind)
    if ([...known].some(([at, row]) => replaces(behind.readings[at] as Reading, row))) {
      await quiet()
      // What was moved meanwhile is in another table now.
      known = await this.#lookUp(behind)
    }
    const add = { sensors: Array.from(ahead.sensors), readings: [...ahead.readings] }
    const replaced: { sensors: number[]; readings: Reading[] } = { sensors: [], readings: [] }
    const tables = new Set<ReadingTable>()
    for (const [at, reading] of behind.readings.entries()) {
      const row = known.get(at)
      if (row !== undefined && !replaces(reading, row)) continue
      const sensor = behind.sensors[at] ?? 0
      add.sensors.push(sensor)
      add.readings.push(reading)
      if (row === undefined) continue
      replaced.sensors.push(sensor)
      replaced.readings.push(reading)
      tables.add(row.table)
    }
    return { add, replaced, tables }
  }

  /** By place in `behind`. What is newer than all that is committed was only seen earlier in the same batch. */
  async #lookUp({ sensors, readings }: Plan['replaced']): Promise<ReadonlyMap<number, Known>> {
    const places: number[] = []
    for (const [at, reading] of readings.entries())
      if (!this.book.isAhead(sensors[at] ?? 0, reading.observedAt)) places.push(at)
    if (places.length === 0) return new Map()
    const found = await this.#identities.find(
      places.map((at) => sensors[at] ?? 0),
      places.map((at) => readings[at] as Reading),
    )
    return new Map([...found].map(([position, row]) => [places[position] ?? 0, row]))
  }

  async #commit({ add, replaced, tables }: Plan, namesBefore: number): Promise<void> {
    await this.#connection.run('begin')
    try {
      if (this.book.size > namesBefore) appendSensors(this.#sensors, this.book.namesFrom(namesBefore), namesBefore)
      if (tables.size > 0) await this.#identities.delete(replaced.sensors, replaced.readings, tables)
      appendReadings(this.#readings, add)
      await this.#connection.run('commit')
    } catch (error) {
      this.#sensors.clear()
      this.#readings.clear()
      // The first error is the one to tell of; a transaction that is broken already may refuse to be rolled back.
      await this.#connection.run('rollback').catch(() => {})
      throw error
    }
  }
}

async function loadBook(connection: DuckDBConnection): Promise<SensorBook> {
  const book = new SensorBook()
  const names = await connection.runAndReadAll('select name from sensors order by id')
  for (const name of names.getColumns()[0] ?? []) book.add(name as SensorId)
  const newest = await connection.runAndReadAll(newestSql(freshTables))
  type Row = [number, number | null, number, number, number, number | null, number | null]
  for (const [sensor, observedAt, receivedAt, value, quality, from, to] of newest.getRows() as Row[]) {
    if (observedAt !== null) book.keepNewest(sensor, observedAt, receivedAt, value, quality)
    if (from !== null && to !== null) book.keepSkew(sensor, { from, to })
  }
  return book
}

/** The fresh table that was written to last. */
async function findActive(connection: DuckDBConnection): Promise<{ table: FreshTable; rows: number }> {
  const tables = []
  for (const table of freshTables) {
    const result = await connection.runAndReadAll(
      `select count(*)::double, coalesce(max(observed_at + delay), 0)::double from ${table}`,
    )
    const [rows, lastAt] = (result.getRows()[0] ?? [0, 0]) as [number, number]
    tables.push({ table, rows, lastAt })
  }
  const [first, second] = tables as [(typeof tables)[number], (typeof tables)[number]]
  return second.rows > 0 && (first.rows === 0 || second.lastAt >= first.lastAt) ? second : first
}
