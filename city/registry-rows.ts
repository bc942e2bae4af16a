import { type Kysely, sql, type Transaction } from 'kysely'
import { z } from 'zod'
import type { Asset, Criticality, Relation } from './asset.ts'
import type { AssetClass } from './asset-class.ts'
import type { Crew } from './crew.ts'
import type { Device } from './device.ts'
import type { SecretHash } from './device-secrets.ts'
import type { MapLayer } from './map-layer.ts'
import type { RegistryTables } from './registry-tables.ts'
import { assetClassRow, featureCollectionRow } from './row-schemas.ts'
import type { SourceDraft } from './source.ts'
import { readSources } from './source-rows.ts'

type Reader = Kysely<RegistryTables>
type Writer = Transaction<RegistryTables>

/** A device with what is kept of its secret. */
export type KeptDevice = { readonly device: Device; readonly secret: SecretHash }

/** Everything the tables hold, as of one moment. */
export type RegistryContents = {
  readonly name: string
  readonly timeZone: string
  readonly revision: number
  readonly classes: readonly AssetClass[]
  readonly assets: readonly Asset[]
  readonly crews: readonly Crew[]
  readonly mapLayers: readonly MapLayer[]
  readonly devices: readonly KeptDevice[]
  readonly sources: readonly SourceDraft[]
}

// SQLite takes 32,766 parameters in one statement; the widest row has 11.
const rowsPerInsertMax = 1_000

const texts = z.array(z.string())

export async function readRevision(database: Reader): Promise<number> {
  const row = await database.selectFrom('city').select('revision').executeTakeFirstOrThrow()
  return row.revision
}

export async function readContents(database: Reader): Promise<RegistryContents> {
  const city = await database.selectFrom('city').selectAll().executeTakeFirstOrThrow()
  const classes = await database.selectFrom('asset_class').selectAll().orderBy('id').execute()
  const crews = await database.selectFrom('crew').selectAll().orderBy('id').execute()
  const layers = await database.selectFrom('map_layer').selectAll().execute()
  return {
    name: city.name,
    timeZone: city.time_zone,
    revision: city.revision,
    classes: classes.map((row) => assetClassRow.parse(JSON.parse(row.definition_json))),
    assets: await readAssets(database),
    crews: crews.map((row) => ({
      id: row.id,
      name: row.name,
      skills: texts.parse(JSON.parse(row.skills_json)),
      area: texts.parse(JSON.parse(row.area_json)),
    })),
    mapLayers: layers.map((row) => ({
      name: row.name,
      features: featureCollectionRow.parse(JSON.parse(row.features_json)),
    })),
    devices: await readDevices(database),
    sources: await readSources(database),
  }
}

/** As of one moment, without keeping a writer waiting: a deferred transaction sees one snapshot of the file. */
export function readConsistently(database: Reader): Promise<RegistryContents> {
  return database.connection().execute(async (connection) => {
    await sql`begin deferred`.execute(connection)
    try {
      return await readContents(connection)
    } finally {
      await sql`commit`.execute(connection)
    }
  })
}

async function readAssets(database: Reader): Promise<Asset[]> {
  const rows = await database.selectFrom('asset').selectAll().orderBy('position').orderBy('id').execute()
  const relationRows = await database.selectFrom('asset_relation').selectAll().orderBy('position').execute()
  const relations = new Map<string, Relation[]>()
  for (const row of relationRows) into(relations, row.asset, { kind: row.kind, asset: row.other })
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    class: row.class,
    // The column's CHECK holds it to 1–5.
    criticality: row.criticality as Criticality,
    place: {
      latitude: row.latitude,
      longitude: row.longitude,
      ...(row.address === null ? {} : { address: row.address }),
    },
    ...(row.district === null ? {} : { district: row.district }),
    relations: relations.get(row.id) ?? [],
    ...(row.quantities_json === null ? {} : { quantities: texts.parse(JSON.parse(row.quantities_json)) }),
    ...(row.installed_at === null ? {} : { installedAt: row.installed_at }),
  }))
}

async function readDevices(database: Reader): Promise<KeptDevice[]> {
  const rows = await database.selectFrom('device').selectAll().orderBy('id').execute()
  const assetRows = await database.selectFrom('device_asset').selectAll().orderBy('position').execute()
  const assets = new Map<string, string[]>()
  for (const row of assetRows) into(assets, row.device, row.asset)
  return rows.map((row) => ({
    device: {
      id: row.id,
      title: row.title,
      assets: assets.get(row.id) ?? [],
      subscribes: texts.parse(JSON.parse(row.subscribes_json)),
      publishes: texts.parse(JSON.parse(row.publishes_json)),
      createdAt: row.created_at,
      ...(row.revoked_at === null ? {} : { revokedAt: row.revoked_at }),
    },
    secret: { salt: new Uint8Array(row.salt), hash: new Uint8Array(row.secret_hash) },
  }))
}

function into<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [item])
  else list.push(item)
}

/** `positions` keeps the order in which the city lists its assets. */
export async function writeAssets(writer: Writer, assets: readonly Asset[], positions: (id: string) => number) {
  for (const some of inPieces(assets)) {
    const ids = some.map((asset) => asset.id)
    await writer
      .insertInto('asset')
      .values(
        some.map((asset) => ({
          id: asset.id,
          name: asset.name,
          class: asset.class,
          criticality: asset.criticality,
          latitude: asset.place.latitude,
          longitude: asset.place.longitude,
          address: asset.place.address ?? null,
          district: asset.district ?? null,
          quantities_json: asset.quantities === undefined ? null : JSON.stringify(asset.quantities),
          installed_at: asset.installedAt ?? null,
          position: positions(asset.id),
        })),
      )
      .onConflict((conflict) =>
        conflict.column('id').doUpdateSet((row) => ({
          name: row.ref('excluded.name'),
          class: row.ref('excluded.class'),
          criticality: row.ref('excluded.criticality'),
          latitude: row.ref('excluded.latitude'),
          longitude: row.ref('excluded.longitude'),
          address: row.ref('excluded.address'),
          district: row.ref('excluded.district'),
          quantities_json: row.ref('excluded.quantities_json'),
          installed_at: row.ref('excluded.installed_at'),
          position: row.ref('excluded.position'),
        })),
      )
      .execute()
    await writer.deleteFrom('asset_relation').where('asset', 'in', ids).execute()
  }
  const relations = assets.flatMap((asset) =>
    asset.relations.map((relation, position) => ({
      asset: asset.id,
      kind: relation.kind,
      other: relation.asset,
      position,
    })),
  )
  for (const some of inPieces(relations))
    await writer
      .insertInto('asset_relation')
      .values(some)
      .onConflict((conflict) => conflict.doNothing())
      .execute()
}

export async function writeClass(writer: Writer, assetClass: AssetClass) {
  const definition_json = JSON.stringify(assetClass)
  await writer
    .insertInto('asset_class')
    .values({ id: assetClass.id, definition_json })
    .onConflict((conflict) => conflict.column('id').doUpdateSet({ definition_json }))
    .execute()
}

export async function writeCrew(writer: Writer, crew: Crew) {
  const row = { name: crew.name, skills_json: JSON.stringify(crew.skills), area_json: JSON.stringify(crew.area) }
  await writer
    .insertInto('crew')
    .values({ id: crew.id, ...row })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
    .execute()
}

export async function writeMapLayer(writer: Writer, layer: MapLayer) {
  const features_json = JSON.stringify(layer.features)
  await writer
    .insertInto('map_layer')
    .values({ name: layer.name, features_json })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ features_json }))
    .execute()
}

export async function insertDevices(writer: Writer, devices: readonly KeptDevice[]) {
  for (const some of inPieces(devices))
    await writer
      .insertInto('device')
      .values(
        some.map(({ device, secret }) => ({
          id: device.id,
          title: device.title,
          subscribes_json: JSON.stringify(device.subscribes),
          publishes_json: JSON.stringify(device.publishes),
          salt: secret.salt,
          secret_hash: secret.hash,
          created_at: device.createdAt,
          revoked_at: device.revokedAt ?? null,
        })),
      )
      .execute()
  const reports = devices.flatMap(({ device }) =>
    device.assets.map((asset, position) => ({ device: device.id, asset, position })),
  )
  for (const some of inPieces(reports)) await writer.insertInto('device_asset').values(some).execute()
}

/** What may change of a device after it was added: its secret and whether it is revoked. */
export async function updateDevice(writer: Writer, { device, secret }: KeptDevice) {
  await writer
    .updateTable('device')
    .set({ salt: secret.salt, secret_hash: secret.hash, revoked_at: device.revokedAt ?? null })
    .where('id', '=', device.id)
    .execute()
}

function* inPieces<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let from = 0; from < items.length; from += rowsPerInsertMax) yield items.slice(from, from + rowsPerInsertMax)
}
