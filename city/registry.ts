import type { Kysely } from 'kysely'
import type { Asset, AssetId } from './asset.ts'
import type { AssetClass } from './asset-class.ts'
import type { Crew } from './crew.ts'
import type { Database } from './database.ts'
import type { CityDescription, DeviceDraft, ImportSummary } from './description.ts'
import type { Device, DeviceAuthentication } from './device.ts'
import { hashSecret, makeSecret, secretMatches } from './device-secrets.ts'
import type { Instant } from './instant.ts'
import { libraryClasses } from './library.ts'
import type { MapLayer } from './map-layer.ts'
import { outdatedCredentials } from './outdated-credentials.ts'
import type { Change, Writer } from './registry-change.ts'
import * as changes from './registry-changes.ts'
import { RegistryLists } from './registry-lists.ts'
import { RegistryMemory } from './registry-memory.ts'
import {
  type KeptDevice,
  readConsistently,
  readContents,
  readRevision,
  updateDevice,
  writeMapLayer,
} from './registry-rows.ts'
import type { RegistryTables } from './registry-tables.ts'
import type { Sensor, SensorId } from './sensor.ts'
import type { KeptSource, Source, SourceDraft } from './source.ts'
import { type Adoption, adopt, removeSources } from './source-changes.ts'

/** A device and its secret, which is shown this once: only a hash of it is kept. */
export type DeviceWithSecret = { readonly device: Device; readonly secret: string }

/**
 * What the city owns. Reading is synchronous, from memory. Writing goes to SQLite first, then to memory, then to the
 * listeners; writes take turns, and each begins by catching up with what another process (the command line) wrote.
 */
export class Registry {
  readonly #database: Database
  readonly #tables: Kysely<RegistryTables>
  readonly #now: () => Instant
  readonly #listeners = new Set<() => void>()
  readonly #credentialListeners = new Set<(device: string) => void>()
  #memory: RegistryMemory
  #lists: RegistryLists
  #lastTurn: Promise<unknown> = Promise.resolve()
  /** Another process has written, and it could not be read. */
  #isBehind = false
  #reloading: Promise<void> = Promise.resolve()

  static async open(database: Database, now: () => Instant): Promise<Registry> {
    const tables = database.kysely.withTables<RegistryTables>()
    return new Registry(database, tables, now, new RegistryMemory(await readConsistently(tables), libraryClasses()))
  }

  private constructor(database: Database, tables: Kysely<RegistryTables>, now: () => Instant, memory: RegistryMemory) {
    this.#database = database
    this.#tables = tables
    this.#now = now
    this.#memory = memory
    this.#lists = new RegistryLists(memory)
  }

  get name(): string {
    return this.#memory.name
  }
  get timeZone(): string {
    return this.#memory.timeZone
  }
  classes(): readonly AssetClass[] {
    return this.#lists.classes
  }
  class(id: string): AssetClass | undefined {
    return this.#memory.classes.get(id)
  }
  assets(): readonly Asset[] {
    return this.#lists.assets
  }
  asset(id: AssetId): Asset | undefined {
    return this.#memory.assets.get(id)
  }
  sensors(): readonly Sensor[] {
    return this.#lists.sensors
  }
  sensor(id: string): Sensor | undefined {
    return this.#memory.sensors.get(id)
  }
  sensorsOf(asset: AssetId): readonly Sensor[] {
    return this.#memory.sensorsOf.get(asset) ?? []
  }
  crews(): readonly Crew[] {
    return this.#lists.crews
  }
  crew(id: string): Crew | undefined {
    return this.#memory.crews.get(id)
  }
  devices(): readonly Device[] {
    return this.#lists.devices
  }
  device(id: string): Device | undefined {
    return this.#memory.devices.get(id)?.device
  }
  /** What a name that a device uses stands for; asked for every reading that comes under such a name. */
  source(name: string): Source | undefined {
    return this.#memory.sources.get(name)
  }
  sources(): readonly KeptSource[] {
    return this.#lists.sources
  }
  mapLayers(): readonly MapLayer[] {
    return this.#memory.mapLayersInOrder()
  }
  isEmpty(): boolean {
    return this.#memory.assets.size === 0
  }

  /** The sensor that was probably meant; cheap enough to be asked for every refused message. */
  suggestSensor(unknown: string): SensorId | undefined {
    return this.#lists.suggestion.suggest(unknown)
  }

  /** Takes as long for an unknown device or a wrong secret as for the right one. */
  authenticate(device: string, secret: string): DeviceAuthentication {
    const kept = this.#memory.devices.get(device)
    const matches = secretMatches(secret, kept?.secret)
    if (kept === undefined) return { kind: 'refused', reason: 'unknown device' }
    if (!matches) return { kind: 'refused', reason: 'wrong secret' }
    if (kept.device.revokedAt !== undefined) return { kind: 'refused', reason: 'revoked' }
    return { kind: 'accepted', device: kept.device }
  }

  /** Adds what is new and replaces what is known by the same id, all or nothing. What the file leaves out stays. */
  importCity(city: CityDescription): Promise<ImportSummary> {
    return this.#write((writer, memory) => changes.importCity(writer, memory, city))
  }

  putAsset(asset: Asset): Promise<void> {
    return this.#write((writer, memory) => changes.putAsset(writer, memory, asset))
  }

  /** `false` when there is no such asset. One that others refer to stays until they no longer do. */
  removeAsset(id: AssetId): Promise<boolean> {
    return this.#write((writer, memory) => changes.removeAsset(writer, memory, id))
  }

  /** Maps a name to a sensor; one of this name that is there already is replaced. */
  addSource(source: SourceDraft): Promise<void> {
    return this.adopt({ sources: [source] })
  }

  /** Maps names to sensors and makes new assets for them, all or nothing. */
  adopt(adoption: Adoption): Promise<void> {
    return this.#write((writer, memory) => adopt(writer, memory, adoption))
  }

  async removeSource(name: string): Promise<boolean> {
    return (await this.removeSources([name])) > 0
  }

  /** How many of them there were. */
  removeSources(names: readonly string[]): Promise<number> {
    return this.#write((writer, memory) => removeSources(writer, memory, names))
  }

  putCrew(crew: Crew): Promise<void> {
    return this.#write((writer, memory) => changes.putCrew(writer, memory, crew))
  }

  putMapLayer(layer: MapLayer): Promise<void> {
    return this.#write(async (writer) => {
      await writeMapLayer(writer, layer)
      return { result: undefined, apply: (held) => held.putMapLayer(layer) }
    })
  }

  /** The secret is ours unless the device can only use one of its own. */
  async addDevice(draft: DeviceDraft, secret?: string): Promise<DeviceWithSecret> {
    const [added] = await this.#addDevices([draft], () => secret ?? makeSecret())
    if (added === undefined) throw new Error('a device was added and is not there')
    return added
  }

  /**
   * All or none. `handOver` is given the secrets before anything is committed: where they cannot be put into safe hands,
   * no device is added.
   */
  addDevices(
    drafts: readonly DeviceDraft[],
    handOver?: (added: readonly DeviceWithSecret[]) => Promise<void>,
  ): Promise<DeviceWithSecret[]> {
    return this.#addDevices(drafts, makeSecret, handOver)
  }

  #addDevices(
    drafts: readonly DeviceDraft[],
    secretFor: () => string,
    handOver?: (added: readonly DeviceWithSecret[]) => Promise<void>,
  ): Promise<DeviceWithSecret[]> {
    const secrets = drafts.map((draft) => ({ draft, secret: secretFor() }))
    return this.#write(async (writer, memory) => {
      const { result: kept, apply } = await changes.addDevices(writer, memory, secrets, this.#now())
      const result = kept.map(({ device }, index) => ({ device, secret: secrets[index]?.secret ?? '' }))
      await handOver?.(result)
      return { result, ...(apply === undefined ? {} : { apply }) }
    })
  }

  /** Gives a new secret; the old one is worth nothing from now on. A revoked device is let in again. */
  rotateDevice(id: string): Promise<DeviceWithSecret | undefined> {
    return this.#changeDevice(id, ({ device: { revokedAt: _revokedAt, ...device } }) => {
      const secret = makeSecret()
      return { kept: { device, secret: hashSecret(secret) }, result: { device, secret } }
    })
  }

  /** Shuts the device out. It stays listed with the moment of its revocation. */
  revokeDevice(id: string): Promise<Device | undefined> {
    return this.#changeDevice(id, ({ device, secret }) => {
      const revoked = { ...device, revokedAt: device.revokedAt ?? this.#now() }
      return { kept: { device: revoked, secret }, result: revoked }
    })
  }

  async #changeDevice<Result>(
    id: string,
    change: (kept: KeptDevice) => { kept: KeptDevice; result: Result },
  ): Promise<Result | undefined> {
    const changed = await this.#write<Result | undefined>(async (writer, memory) => {
      const known = memory.devices.get(id)
      if (known === undefined) return { result: undefined }
      const { kept, result } = change(known)
      await updateDevice(writer, kept)
      return { result, apply: (held) => held.putDevices([kept]) }
    })
    if (changed !== undefined) this.#tellOutdated([id])
    return changed
  }

  /**
   * Takes over what another process wrote; `true` when there was something. It costs next to nothing when there was not,
   * and what another call has seen and is still reading is waited for.
   */
  async reloadIfChanged(): Promise<boolean> {
    if (!this.#database.changedElsewhere() && !this.#isBehind) {
      await this.#reloading
      return false
    }
    this.#isBehind = false
    const reload = this.#inTurn(() => this.#reload())
    this.#reloading = reload.then(
      () => undefined,
      () => {
        // The change is reported once only, and could not be read just now.
        this.#isBehind = true
      },
    )
    return reload
  }

  async #reload(): Promise<boolean> {
    // Most of what others write are not ours: alarms, tickets, users.
    const isOurs = (await readRevision(this.#tables)) !== this.#memory.revision
    if (isOurs) this.#use(new RegistryMemory(await readConsistently(this.#tables), libraryClasses()))
    return isOurs
  }

  /** Called after every change; returns how to stop being called. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => {
      this.#listeners.delete(listener)
    }
  }

  /**
   * Called with each device whose credential is no longer what it was, here or by another process: revoked, given a new
   * secret, or allowed other topics. A connection that was let in with the old one is to be ended.
   */
  onCredentialChange(listener: (device: string) => void): () => void {
    this.#credentialListeners.add(listener)
    return () => {
      this.#credentialListeners.delete(listener)
    }
  }

  #write<Result>(change: (writer: Writer, memory: RegistryMemory) => Promise<Change<Result>>): Promise<Result> {
    return this.#inTurn(async () => {
      const { result, next } = await this.#tables.transaction().execute(async (writer) => {
        const memory = await this.#caughtUp(writer)
        const { result, apply } = await change(writer, memory)
        if (apply === undefined) return { result, next: undefined }
        const revision = memory.revision + 1
        await writer.updateTable('city').set({ revision }).execute()
        return { result, next: () => apply(memory).at(revision) }
      })
      if (next !== undefined) this.#use(next())
      return result
    })
  }

  /** Another process may have written since we last looked, and a change must be checked against what is there now. */
  async #caughtUp(writer: Writer): Promise<RegistryMemory> {
    if ((await readRevision(writer)) !== this.#memory.revision)
      this.#use(new RegistryMemory(await readContents(writer), libraryClasses()))
    return this.#memory
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.#lastTurn.then(work)
    this.#lastTurn = turn.catch(() => undefined)
    return turn
  }

  #use(memory: RegistryMemory): void {
    const before = this.#memory
    this.#memory = memory
    this.#lists = new RegistryLists(memory)
    for (const listener of this.#listeners) listener()
    if (before !== memory) this.#tellOutdated(outdatedCredentials(before.devices, memory.devices))
  }

  #tellOutdated(devices: readonly string[]): void {
    for (const device of devices) for (const listener of this.#credentialListeners) listener(device)
  }
}
