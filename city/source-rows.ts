import type { Kysely, Transaction } from 'kysely'
import type { RegistryTables } from './registry-tables.ts'
import { sensorId } from './sensor.ts'
import type { SourceDraft } from './source.ts'

type Writer = Transaction<RegistryTables>

// SQLite takes 32,766 parameters in one statement; a row has 6.
const rowsPerStatementMax = 1_000

export async function readSources(database: Kysely<RegistryTables>): Promise<SourceDraft[]> {
  const rows = await database.selectFrom('source').selectAll().orderBy('name').execute()
  return rows.map(({ name, asset, quantity, unit, factor, offset }) => ({
    name,
    sensor: sensorId(asset, quantity),
    ...(unit === null ? {} : { unit }),
    ...(factor === null ? {} : { factor }),
    ...(offset === null ? {} : { offset }),
  }))
}

/** The name of the source that each of these sensors has. */
export async function sourcesOfSensors(writer: Writer, sensors: readonly string[]): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  const wanted = new Set(sensors)
  const assets = [...new Set(sensors.map((sensor) => partsOf(sensor).asset))]
  for (const some of inPieces(assets)) {
    const rows = await writer
      .selectFrom('source')
      .select(['name', 'asset', 'quantity'])
      .where('asset', 'in', some)
      .execute()
    for (const { name, asset, quantity } of rows) {
      const sensor = sensorId(asset, quantity)
      if (wanted.has(sensor)) found.set(sensor, name)
    }
  }
  return found
}

export async function insertSources(writer: Writer, sources: readonly SourceDraft[]): Promise<void> {
  for (const some of inPieces(sources))
    await writer
      .insertInto('source')
      .values(
        some.map(({ name, sensor, unit, factor, offset }) => ({
          name,
          ...partsOf(sensor),
          unit: unit ?? null,
          factor: factor ?? null,
          offset: offset ?? null,
        })),
      )
      .execute()
}

export async function deleteSources(writer: Writer, names: readonly string[]): Promise<void> {
  for (const some of inPieces(names)) await writer.deleteFrom('source').where('name', 'in', some).execute()
}

function partsOf(sensor: string): { readonly asset: string; readonly quantity: string } {
  const slash = sensor.indexOf('/')
  return { asset: sensor.slice(0, slash), quantity: sensor.slice(slash + 1) }
}

function* inPieces<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let from = 0; from < items.length; from += rowsPerStatementMax)
    yield items.slice(from, from + rowsPerStatementMax)
}
