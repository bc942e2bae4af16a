import type { Logger } from 'pino'
import type { Instant, Registry } from '../city/index.ts'
import type { Batch, Refusal, Refused } from './batch.ts'
import type { Sighting } from './discovered/discovered.ts'
import { GroupCommit } from './group-commit.ts'
import { LastHeard } from './last-heard.ts'
import { Lateness } from './lateness.ts'
import { Listeners } from './listeners.ts'
import { NumberedSensors } from './numbered-sensors.ts'
import { openParcel, placeOfRow } from './open-parcel.ts'
import type { Quarantine } from './quarantine/quarantine.ts'
import type { Reading } from './reading.ts'
import { Resolution } from './resolution.ts'
import { type ReadingStore, StoreUnavailable } from './store/reading-store.ts'
import type { ReadingDraft, SubmissionOutcome, Submitter } from './submission.ts'
import { Suggestions } from './suggestions.ts'
import {
  type Message,
  type MessageReceiver,
  type ParcelReceiver,
  type Presence,
  type RefusedMessage,
  type Reply,
  type WireFault,
  WireReader,
  type WireReading,
} from './wire/index.ts'

/*
 * Dramatis personae
 *   WireReader  reads a message in its dialect. Parcels come read already, but for what is not plain.
 *   Resolution  from the name a device uses to the sensor, its unit and the reading's quality.
 *   GroupCommit gathers while the batch before it commits; its promise is what a PUBACK waits for. Gone on a crash, and
 *               then nothing of it was acknowledged: the devices send again.
 *   store       keeps readings; `(sensor, observedAt)` is the identity, so what is sent again counts once.
 *   quarantine  keeps what was refused, in SQLite; at-least-once, so its counts may be a little high after a crash.
 *   discovered  remembers under which unknown names readings come, so that a person can adopt them.
 *   clocks      measures how far each device's clock is off.
 *   presences   remembers which devices behind a gateway said they are there, or were said to be gone.
 *   listeners   hear of readings after they are kept. What a crash keeps from them they fetch by `receivedSince`.
 */

/** What Ingest asks of the registry. */
export type SensorLookup = Pick<Registry, 'sensor' | 'asset' | 'suggestSensor' | 'source'>

export type IngestOptions = {
  readonly registry: SensorLookup
  readonly store: ReadingStore
  readonly quarantine: Quarantine
  readonly discovered?: { note(sighting: Sighting): void }
  readonly clocks?: { heard(device: string, newestObservedAt: Instant, receivedAt: Instant): void }
  readonly presences?: { heard(device: string, presence: Presence, at: Instant): void }
  now(): Instant
  readonly log: Logger
}

export type IngestStats = {
  readonly messages: number
  /** Readings committed; one delivered twice is counted twice here. */
  readonly readingsKept: number
  /** Messages, or values in messages, that went into quarantine. */
  readonly refused: number
  /** Messages turned away because too many readings were waiting; the device sends them again. */
  readonly turnedAway: number
  /** Batches that the store or the quarantine could not take. */
  readonly failedBatches: number
  readonly batches: number
  /** Readings taken and not yet committed. */
  readonly waiting: number
}

/** Too many readings are waiting to be committed: not kept, send again. */
export class IngestOverloaded extends Error {
  readonly code = 'INGEST_OVERLOADED'
}

// Some 100 bytes each: 30 MB, and two to three seconds of a disk at full load. Beyond it, waiting longer helps nobody:
// the message is turned away, the broker closes the connection, and the device sends again later.
const waitingMax = 300_000

// Readings of one HTTP request: kept and judged in some 20 ms, which is what others then wait for at the most.
const submittedAtOnceMax = 5_000

/** From message to kept reading. */
export class Ingest {
  readonly #options: IngestOptions
  readonly #reader: WireReader
  readonly #resolution: Resolution
  readonly #numbered: NumberedSensors
  readonly #lateness: Lateness
  readonly #suggestions: Suggestions
  readonly #commits: GroupCommit
  readonly #lastHeard = new LastHeard()
  readonly #kept: Listeners<readonly Reading[]>
  readonly #refused: Listeners<Refused>
  readonly #replies: Listeners<Reply>
  readonly #counted = { messages: 0, readingsKept: 0, refused: 0, turnedAway: 0, failedBatches: 0 }

  constructor(options: IngestOptions) {
    const { registry, store, log } = options
    this.#options = options
    this.#reader = new WireReader((sensor) => registry.sensor(sensor) !== undefined)
    this.#resolution = new Resolution(registry)
    this.#numbered = new NumberedSensors((name) => registry.sensor(name))
    this.#lateness = new Lateness(store)
    this.#kept = new Listeners(log)
    this.#refused = new Listeners(log)
    this.#replies = new Listeners(log)
    this.#suggestions = new Suggestions((unknown) => registry.suggestSensor(unknown))
    this.#commits = new GroupCommit({
      commit: (batch) => this.#commit(batch),
      onKept: ({ stored }) => {
        if (stored.length > 0) this.#kept.tell(stored)
      },
      onFailed: (batch, error) => this.#warnNotKept(batch, error),
    })
  }

  /** Takes a published message: resolves once its readings are committed and what was refused is in quarantine. */
  readonly receive: MessageReceiver = (message) => {
    this.#counted.messages++
    if (this.#commits.waiting >= waitingMax) return this.#turnAway()
    const batch = this.#commits.gathering()
    const before = batch.size
    this.#read(batch, message, message.onRefused)
    this.#commits.waiting += batch.size - before
    return batch.kept
  }

  /** Takes a parcel whole: resolves as `receive` does for all its messages together. */
  readonly receiveParcel: ParcelReceiver = async (parcel) => {
    const { messages, others } = parcel
    this.#counted.messages += messages + others.length
    const newest = parcel.receivedAt[messages - 1]
    if (newest !== undefined) for (const device of parcel.deviceNames) this.#lastHeard.note(device, newest)
    if (this.#commits.waiting >= waitingMax) return await this.#turnAway()
    const batch = this.#commits.gathering()
    const before = batch.size
    const { clocks } = this.#options
    const refused: RefusedMessage[] = []
    const note = parcel.asksForRefused ? (place: number, fault: WireFault) => refused.push({ place, fault }) : () => {}
    openParcel(parcel, batch.readings, {
      sensor: (number) => this.#numbered.sensor(number),
      onUnknown: (number, message) => this.#refuseUnknown(batch, message, this.#numbered.nameOf(number)),
      onUntimely: (fault, message) => this.#refuse(batch, message, fault),
      onNothing: (row, fault) => note(placeOfRow(parcel, row), fault),
      onOwnTime: (device, newest, receivedAt) => clocks?.heard(device, newest, receivedAt),
    })
    const learnt: { sensor: string; number: number }[] = []
    for (const [index, message] of others.entries()) {
      const onRefused = (fault: WireFault) => note(parcel.otherPlaces[index] as number, fault)
      this.#learn(this.#read(batch, message, onRefused), learnt)
    }
    this.#commits.waiting += batch.size - before
    await batch.kept
    return { learnt, refused }
  }

  /**
   * Readings sent over HTTP. The sender is told of the refused ones in the answer, so quarantine does not hold them;
   * those under unknown names are discovered as coming from `submitter`. Kept some at a time, and others' in between:
   * where it rejects, some may have been kept, and count once when they are sent again.
   */
  async submit(drafts: readonly ReadingDraft[], submitter?: Submitter): Promise<SubmissionOutcome> {
    const refused: SubmissionOutcome['refused'][number][] = []
    for (let from = 0; from < drafts.length; from += submittedAtOnceMax)
      await this.#submitSome(drafts, from, submitter, refused)
    return { accepted: drafts.length - refused.length, refused }
  }

  async #submitSome(
    drafts: readonly ReadingDraft[],
    from: number,
    submitter: Submitter | undefined,
    refused: SubmissionOutcome['refused'][number][],
  ): Promise<void> {
    if (this.#commits.waiting >= waitingMax) return await this.#turnAway()
    const receivedAt = this.#options.now()
    const refusedBefore = refused.length
    const batch = this.#commits.gathering()
    const before = batch.size
    for (const [place, draft] of drafts.slice(from, from + submittedAtOnceMax).entries()) {
      const item = { ...draft, observedAt: Math.round(draft.observedAt ?? receivedAt) }
      const fault = notFinite(item) ?? this.#take(batch, item, receivedAt)
      if (fault === undefined) continue
      const isUnknown = fault.reason === 'unknown-sensor'
      if (isUnknown && submitter !== undefined) this.#discover({ ...submitter, receivedAt }, item)
      const suggestion = isUnknown ? this.#suggestions.for(item.sensor) : undefined
      refused.push({ index: from + place, sensor: item.sensor, ...fault, suggestion })
    }
    this.#suggestions.renew()
    this.#counted.refused += refused.length - refusedBefore
    this.#commits.waiting += batch.size - before
    await batch.kept
  }

  /** Called with what was appended, in commit order, each batch once. Returns the way to stop. */
  onKept(listener: (readings: readonly Reading[]) => void): () => void {
    return this.#kept.add(listener)
  }

  /** Called once for all that a batch refused alike: same device, topic and reason. */
  onRefused(listener: (refused: Refused) => void): () => void {
    return this.#refused.add(listener)
  }

  /** Called with what is to be published for a device that has to be asked something (a Sparkplug rebirth). */
  onReply(listener: (reply: Reply) => void): () => void {
    return this.#replies.add(listener)
  }

  /** When the device last sent something, by our clock; `undefined`: not since the program started. */
  heardAt(device: string): Instant | undefined {
    return this.#lastHeard.of(device)
  }

  /** The device's last connection is closed: what its messages referred to (Sparkplug aliases) ends with it. */
  forget(device: string): void {
    this.#reader.forget(device)
  }

  /** The registry has changed. */
  renew(): void {
    this.#numbered.renew()
  }

  stats(): IngestStats {
    const { batches, waiting } = this.#commits
    return { ...this.#counted, batches, waiting }
  }

  /** Resolves when everything taken so far is committed or has failed. */
  drain(): Promise<void> {
    return this.#commits.drain()
  }

  /** Reads a message into the batch; answers with what was found in it. `onRefused` hears if none of it is a reading. */
  #read(batch: Batch, message: Message, onRefused?: (fault: WireFault) => void): readonly WireReading[] {
    this.#lastHeard.note(message.device, message.receivedAt)
    const parsed = this.#reader.read(message)
    for (const reply of parsed.replies ?? []) this.#replies.tell(reply)
    for (const one of parsed.presence ?? []) this.#options.presences?.heard(message.device, one, message.receivedAt)
    if (parsed.kind === 'refused') {
      this.#refuse(batch, message, parsed)
      onRefused?.({ reason: parsed.reason, detail: parsed.detail })
      return []
    }
    const before = batch.readings.length
    let refused = parsed.faults[0]
    let newest = Number.NEGATIVE_INFINITY
    for (const item of parsed.items) {
      if (item.observedAt > newest) newest = item.observedAt
      const fault = this.#take(batch, item, message.receivedAt)
      if (fault === undefined) continue
      if (fault.reason !== 'unknown-sensor') {
        this.#refuse(batch, message, fault)
        refused ??= fault
        continue
      }
      this.#discover(message, item)
      if (item.incidental === true) continue
      this.#refuse(batch, message, fault, item.sensor)
      refused ??= fault
    }
    // A reading that took our own time says nothing of the device's clock.
    if (newest !== message.receivedAt && newest > 0)
      this.#options.clocks?.heard(message.device, newest, message.receivedAt)
    for (const fault of parsed.faults) this.#refuse(batch, message, fault)
    if (refused !== undefined && batch.readings.length === before) onRefused?.(refused)
    return parsed.items
  }

  #take(batch: Batch, item: WireReading, receivedAt: Instant): WireFault | undefined {
    const resolved = this.#resolution.resolve(item, receivedAt)
    if ('reason' in resolved) return resolved
    batch.readings.push(resolved)
    return undefined
  }

  #discover(message: Pick<Message, 'device' | 'topic' | 'receivedAt'>, item: WireReading): void {
    const { device, topic, receivedAt } = message
    const { sensor: name, value, observedAt, unit } = item
    this.#options.discovered?.note({ device, topic, name, value, observedAt, receivedAt, unit })
  }

  /** Gives numbers to the sensors that were found under their own names. */
  #learn(items: readonly WireReading[], learnt: { sensor: string; number: number }[]): void {
    for (const { sensor } of items) {
      if (this.#options.registry.sensor(sensor) === undefined) continue
      const { number, isNew } = this.#numbered.numberFor(sensor)
      if (isNew) learnt.push({ sensor, number })
    }
  }

  #refuseUnknown(batch: Batch, message: Message, name: string): WireFault {
    const fault = this.#resolution.unknown(name)
    this.#refuse(batch, message, fault, name)
    return fault
  }

  #refuse(batch: Batch, message: Message, fault: WireFault, unknownSensor?: string): void {
    this.#counted.refused++
    batch.refuse(message, fault, unknownSensor)
  }

  #turnAway(): Promise<never> {
    this.#counted.turnedAway++
    return Promise.reject(
      new IngestOverloaded(`${waitingMax} readings are waiting to be stored: this message is not kept, send it again`),
    )
  }

  async #commit(batch: Batch): Promise<void> {
    if (batch.readings.length > 0) {
      const readings = await this.#lateness.judge(batch.readings)
      await this.#options.store.append(readings)
      this.#counted.readingsKept += readings.length
      batch.stored = readings
    }
    if (batch.refusals.size > 0) await this.#quarantine([...batch.refusals.values()])
  }

  async #quarantine(refusals: readonly Refusal[]): Promise<void> {
    const suggested = refusals.map((refusal) => ({
      ...refusal,
      suggestion: refusal.unknownSensor === undefined ? undefined : this.#suggestions.for(refusal.unknownSensor),
    }))
    this.#suggestions.renew()
    await this.#options.quarantine.add(suggested)
    for (const { device, topic, reason, detail, suggestion } of suggested)
      this.#refused.tell({ device, topic, reason, detail, suggestion })
  }

  #warnNotKept(batch: Batch, error: unknown): void {
    this.#counted.failedBatches++
    const level = error instanceof StoreUnavailable ? 'warn' : 'error'
    this.#options.log[level](
      { err: error, readings: batch.readings.length, refused: batch.refusals.size },
      'a batch could not be kept; nothing of it was acknowledged, the devices send it again',
    )
  }
}

function notFinite({ value, observedAt }: WireReading): WireFault | undefined {
  if (!Number.isFinite(value)) return { reason: 'not-a-number', detail: `value ${value} is not a number` }
  if (!Number.isFinite(observedAt)) return { reason: 'bad-time', detail: `observedAt ${observedAt} is not a time` }
  return undefined
}
