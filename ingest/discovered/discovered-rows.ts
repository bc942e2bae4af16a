import type { Kysely } from 'kysely'
import type { Database } from '../../city/index.ts'
import type { DiscoveredDevice, DiscoveredSensor } from './discovered.ts'
import type { DiscoveredTables } from './migrations.ts'

/** Rows to write and names to forget. */
type Changes<Entry> = { readonly changed: readonly Entry[]; readonly forgotten: readonly string[] }

// Nine values a row; SQLite takes 32,766 in a statement.
const rowsPerStatementMax = 1_000

/** The two tables of what was discovered. */
export class DiscoveredRows {
  readonly #database: Kysely<DiscoveredTables>

  constructor(database: Database) {
    this.#database = database.kysely.withTables<DiscoveredTables>()
  }

  /** From the longest quiet to the newest. */
  async sensors(): Promise<DiscoveredSensor[]> {
    const rows = await this.#database.selectFrom('discovered').selectAll().orderBy('last_at').execute()
    return rows.map(({ observed_at, first_at, last_at, unit, ...same }) => ({
      ...same,
      unit: unit ?? undefined,
      observedAt: observed_at,
      firstAt: first_at,
      lastAt: last_at,
    }))
  }

  async devices(): Promise<DiscoveredDevice[]> {
    const rows = await this.#database.selectFrom('discovered_device').selectAll().orderBy('last_at').execute()
    return rows.map(({ first_at, last_at, ...same }) => ({ ...same, firstAt: first_at, lastAt: last_at }))
  }

  /** Resolves once all of it is committed. */
  async write(sensors: Changes<DiscoveredSensor>, devices: Changes<DiscoveredDevice>): Promise<void> {
    const count = [sensors, devices].reduce((sum, each) => sum + each.changed.length + each.forgotten.length, 0)
    if (count === 0) return
    await this.#database.transaction().execute(async (writer) => {
      for (const some of inPieces(sensors.forgotten))
        await writer.deleteFrom('discovered').where('name', 'in', some).execute()
      for (const some of inPieces(devices.forgotten))
        await writer.deleteFrom('discovered_device').where('device', 'in', some).execute()
      for (const some of inPieces(sensors.changed))
        await writer
          .replaceInto('discovered')
          .values(
            some.map(({ observedAt, firstAt, lastAt, unit, ...same }) => ({
              ...same,
              unit: unit ?? null,
              observed_at: observedAt,
              first_at: firstAt,
              last_at: lastAt,
            })),
          )
          .execute()
      for (const some of inPieces(devices.changed))
        await writer
          .replaceInto('discovered_device')
          .values(some.map(({ firstAt, lastAt, ...same }) => ({ ...same, first_at: firstAt, last_at: lastAt })))
          .execute()
    })
  }
}

function* inPieces<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let from = 0; from < items.length; from += rowsPerStatementMax)
    yield items.slice(from, from + rowsPerStatementMax)
}
