import type { DuckDBConnection } from '@duckdb/node-api'
import { addSlab, readingColumns, type Slab, settled, slabOrder, slabTable } from './slabs.ts'

/**
 * Merges slabs into a larger one, a range of sensors at a time: each fits into memory, and other work gets its turn
 * between two. The new slab counts when it is listed, in one transaction with the old ones' striking out; until then
 * whatever deletes from the old ones deletes from it, too.
 */
export class Merging {
  readonly inputs: readonly Slab[]
  readonly id: number
  readonly #connection: DuckDBConnection
  /** The highest sensor of each range. */
  readonly #ranges: readonly number[]
  #next = 0

  private constructor(connection: DuckDBConnection, inputs: readonly Slab[], id: number, ranges: readonly number[]) {
    this.#connection = connection
    this.inputs = inputs
    this.id = id
    this.#ranges = ranges
  }

  static async begin(
    connection: DuckDBConnection,
    inputs: readonly Slab[],
    id: number,
    rowsPerStep: number,
  ): Promise<Merging> {
    const ranges = await connection.runAndReadAll(`
      select max(sensor) from (
        select sensor, (sum(row_count) over (order by sensor) - row_count) // ${rowsPerStep} as step
        from (select sensor, count(*) as row_count from (${union('sensor', inputs)}) group by sensor)
      ) group by step order by step`)
    await connection.run(`create table ${slabTable(id)} ${readingColumns}`)
    return new Merging(connection, inputs, id, (ranges.getColumns()[0] ?? []) as number[])
  }

  get table(): string {
    return slabTable(this.id)
  }

  /** Whether everything is copied. */
  get done(): boolean {
    return this.#next >= this.#ranges.length
  }

  async step(): Promise<void> {
    const after = this.#ranges[this.#next - 1] ?? -1
    const to = this.#ranges[this.#next] ?? -1
    await this.#connection.run(`
      insert into ${this.table} from (${union('*', this.inputs, `sensor > ${after} and sensor <= ${to}`)})
      order by ${slabOrder}`)
    this.#next++
  }

  /** Lists the new slab and strikes the old ones out, in a transaction of the caller's. */
  async list(): Promise<Slab | undefined> {
    const ids = this.inputs.map(({ id }) => id).join(', ')
    await this.#connection.run(`delete from ${settled}.slabs where id in (${ids})`)
    return addSlab(this.#connection, this.id, this.table)
  }
}

function union(columns: string, slabs: readonly Slab[], where = 'true'): string {
  return slabs.map(({ id }) => `select ${columns} from ${slabTable(id)} where ${where}`).join(' union all ')
}
