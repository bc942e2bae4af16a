import { cityMigrations, type Database, mergeMigrations, openDatabase, Registry } from '../../city/index.ts'
import {
  Ingest,
  type IngestOptions,
  ingestMigrations,
  openDuckDbStore,
  Quarantine,
  type Reading,
  type ReadingStore,
} from '../../ingest/index.ts'
import { silentLog } from './silence.ts'

export type IngestParts = {
  readonly database: Database
  readonly registry: Registry
  readonly store: ReadingStore
  readonly quarantine: Quarantine
  readonly ingest: Ingest
  close(): Promise<void>
}

/** A town of two pumps, `pump-01` and `pump-07`, with ingest into a DuckDB store in memory or into the one given. */
export async function startIngest(
  options: { now?: () => number; store?: ReadingStore } & Pick<IngestOptions, 'presences'> = {},
): Promise<IngestParts> {
  const now = options.now ?? Date.now
  const database = await openDatabase(':memory:', mergeMigrations(cityMigrations, ingestMigrations))
  const registry = await Registry.open(database, now)
  await registry.importCity({
    name: 'Town of pumps',
    timeZone: 'UTC',
    classes: [],
    assets: ['pump-01', 'pump-07'].map((id) => ({
      id,
      name: id,
      class: 'drinking-water-pump',
      criticality: 3,
      place: { latitude: 48, longitude: 16 },
      relations: [],
    })),
    crews: [],
    mapLayers: [],
  })
  const store = options.store ?? (await openDuckDbStore({ path: ':memory:', log: silentLog }))
  const quarantine = new Quarantine(database)
  const { presences } = options
  const ingest = new Ingest({ registry, store, quarantine, ...(presences && { presences }), now, log: silentLog })
  const close = async () => {
    await ingest.drain()
    await store.close()
    await database.close()
  }
  return { database, registry, store, quarantine, ingest, close }
}

/** A real store whose `append` the test can hold up or make fail: what a slow or broken disk does. */
export class HinderedStore implements ReadingStore {
  readonly kind = 'duckdb'
  readonly #store: ReadingStore
  readonly appended: (readonly Reading[])[] = []
  #failure: Error | undefined
  #gate: Promise<void> = Promise.resolve()

  constructor(store: ReadingStore) {
    this.#store = store
  }

  failWith(error: Error | undefined): void {
    this.#failure = error
  }

  /** From now on appends wait; returns the way to let them through. */
  hold(): () => void {
    let open = () => {}
    this.#gate = new Promise((resolve) => {
      open = resolve
    })
    return open
  }

  async append(readings: readonly Reading[]): Promise<void> {
    this.appended.push(readings)
    await this.#gate
    if (this.#failure !== undefined) throw this.#failure
    await this.#store.append(readings)
  }

  series: ReadingStore['series'] = (query) => this.#store.series(query)
  latest: ReadingStore['latest'] = (sensors) => this.#store.latest(sensors)
  receivedSince: ReadingStore['receivedSince'] = (receivedFrom, observedFrom) =>
    this.#store.receivedSince(receivedFrom, observedFrom)
  forgetBefore: ReadingStore['forgetBefore'] = (observedBefore) => this.#store.forgetBefore(observedBefore)
  health: ReadingStore['health'] = () => this.#store.health()
  close: ReadingStore['close'] = () => this.#store.close()
}
