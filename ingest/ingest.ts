import type { Logger } from 'pino'
import type { Instant, Registry } from '../city/index.ts'
import { Batch, type Refusal, type Refused } from './batch.ts'
import { Lateness } from './lateness.ts'
import { Listeners } from './listeners.ts'
import { qualityOf, refuseTime } from './quality.ts'
import type { Quarantine } from './quarantine/quarantine.ts'
import type { Reading } from './reading.ts'
import { type ReadingStore, StoreUnavailable } from './store/reading-store.ts'
import type { ReadingDraft, SubmissionOutcome } from './submission.ts'
import { Suggestions } from './suggestions.ts'
import { type Message, type MessageReceiver, parseMessage, type WireFault, type WireReading } from './wire/index.ts'

/*
 * Dramatis personae
 *   Batch       gathers while the batch before it commits; its promise is what a PUBACK waits for. Gone on a crash, and
 *               then nothing of it was acknowledged: the devices send again.
 *   store       keeps readings; `(sensor, observedAt)` is the identity, so what is sent again counts once.
 *   quarantine  keeps what was refused, in SQLite; at-least-once, so its counts may be a little high after a crash.
 *   listeners   hear of readings after they are kept. What a crash keeps from them they fetch by `receivedSince`.
 */

/** What Ingest asks of the registry. */
export type SensorLookup = Pick<Registry, 'sensor' | 'asset' | 'suggestSensor'>

export type IngestOptions = {
  readonly registry: SensorLookup
  readonly store: ReadingStore
  readonly quarantine: Quarantine
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
// A commit of so many takes some 30 ms; larger batches only make the first of them wait longer.
const batchSizeMax = 20_000

/** From message to kept reading. One commit at a time; what arrives meanwhile forms the next, without any timer. */
export class Ingest {
  readonly #options: IngestOptions
  readonly #lateness: Lateness
  readonly #suggestions: Suggestions
  readonly #queue: Batch[] = []
  #committing: Promise<void> | undefined
  readonly #kept: Listeners<readonly Reading[]>
  readonly #refused: Listeners<Refused>
  readonly #counted = {
    messages: 0,
    readingsKept: 0,
    refused: 0,
    turnedAway: 0,
    failedBatches: 0,
    batches: 0,
    waiting: 0,
  }

  constructor(options: IngestOptions) {
    this.#options = options
    this.#lateness = new Lateness(options.store)
    this.#kept = new Listeners(options.log)
    this.#refused = new Listeners(options.log)
    this.#suggestions = new Suggestions((unknown) => options.registry.suggestSensor(unknown))
  }

  /** Takes a published message: resolves once its readings are committed and what was refused is in quarantine. */
  readonly receive: MessageReceiver = (message) => {
    const counted = this.#counted
    counted.messages++
    if (counted.waiting >= waitingMax) return this.#turnAway()
    const parsed = parseMessage(message)
    if (parsed.kind === 'readings' && parsed.items.length === 0 && parsed.faults.length === 0) return Promise.resolve()
    const batch = this.#gathering()
    const before = batch.size
    if (parsed.kind === 'refused') {
      this.#refuse(batch, message, parsed)
    } else {
      for (const item of parsed.items) {
        const fault = this.#take(batch, item, message.receivedAt)
        if (fault !== undefined)
          this.#refuse(batch, message, fault, fault.reason === 'unknown-sensor' ? item.sensor : undefined)
      }
      for (const fault of parsed.faults) this.#refuse(batch, message, fault)
    }
    counted.waiting += batch.size - before
    return batch.kept
  }

  /** Readings sent over HTTP. The sender is told of the refused ones in the answer, so quarantine does not hold them. */
  async submit(drafts: readonly ReadingDraft[]): Promise<SubmissionOutcome> {
    if (this.#counted.waiting >= waitingMax) return this.#turnAway()
    const receivedAt = this.#options.now()
    const refused: SubmissionOutcome['refused'][number][] = []
    const batch = this.#gathering()
    const before = batch.size
    for (const [index, draft] of drafts.entries()) {
      const item = { ...draft, observedAt: Math.round(draft.observedAt ?? receivedAt) }
      const fault = notFinite(item) ?? this.#take(batch, item, receivedAt)
      if (fault === undefined) continue
      const suggestion = fault.reason === 'unknown-sensor' ? this.#suggestions.for(item.sensor) : undefined
      refused.push({ index, sensor: item.sensor, ...fault, suggestion })
    }
    this.#suggestions.renew()
    this.#counted.refused += refused.length
    this.#counted.waiting += batch.size - before
    await batch.kept
    return { accepted: drafts.length - refused.length, refused }
  }

  /** Called with what was appended, in commit order, each batch once. Returns the way to stop. */
  onKept(listener: (readings: readonly Reading[]) => void): () => void {
    return this.#kept.add(listener)
  }

  /** Called once for all that a batch refused alike: same device, topic and reason. */
  onRefused(listener: (refused: Refused) => void): () => void {
    return this.#refused.add(listener)
  }

  stats(): IngestStats {
    return { ...this.#counted }
  }

  /** Resolves when everything taken so far is committed or has failed. */
  async drain(): Promise<void> {
    while (this.#committing !== undefined) await this.#committing
  }

  #take(batch: Batch, item: WireReading, receivedAt: Instant): WireFault | undefined {
    const sensor = this.#options.registry.sensor(item.sensor)
    if (sensor === undefined) return this.#unknownSensor(item.sensor)
    const { observedAt } = item
    // -0, which some devices send, is 0.
    const value = item.value + 0
    const fault = refuseTime(observedAt, receivedAt)
    if (fault !== undefined) return fault
    batch.readings.push({
      sensor: sensor.id,
      observedAt,
      receivedAt,
      value,
      quality: qualityOf(item, sensor, receivedAt),
    })
    return undefined
  }

  #unknownSensor(id: string): WireFault {
    const slash = id.indexOf('/')
    const asset = slash < 0 ? id : id.slice(0, slash)
    const detail =
      this.#options.registry.asset(asset) === undefined
        ? `sensor ${id} is unknown: there is no asset ${asset}`
        : `sensor ${id} is unknown: asset ${asset} does not measure ${id.slice(slash + 1)}`
    return { reason: 'unknown-sensor', detail }
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

  /** The batch that is open for more. */
  #gathering(): Batch {
    const last = this.#queue.at(-1)
    if (last !== undefined && last.size < batchSizeMax) return last
    const batch = new Batch()
    this.#queue.push(batch)
    // Not at once: what else this turn of the event loop reads from the sockets belongs into the same commit.
    this.#committing ??= new Promise<void>((resolve) => setImmediate(resolve)).then(() => this.#commitAll())
    return batch
  }

  async #commitAll(): Promise<void> {
    for (let batch = this.#queue.shift(); batch !== undefined; batch = this.#queue.shift()) {
      const { size } = batch
      try {
        await this.#commit(batch)
        batch.settle()
      } catch (error) {
        this.#fail(batch, error)
      }
      this.#counted.waiting -= size
      this.#counted.batches++
    }
    this.#committing = undefined
  }

  async #commit(batch: Batch): Promise<void> {
    if (batch.readings.length > 0) {
      const readings = await this.#lateness.judge(batch.readings)
      await this.#options.store.append(readings)
      this.#counted.readingsKept += readings.length
      this.#kept.tell(readings)
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

  #fail(batch: Batch, error: unknown): void {
    this.#counted.failedBatches++
    const level = error instanceof StoreUnavailable ? 'warn' : 'error'
    this.#options.log[level](
      { err: error, readings: batch.readings.length, refused: batch.refusals.size },
      'a batch could not be kept; nothing of it was acknowledged, the devices send it again',
    )
    batch.fail(error)
  }
}

function notFinite({ value, observedAt }: WireReading): WireFault | undefined {
  if (!Number.isFinite(value)) return { reason: 'not-a-number', detail: `value ${value} is not a number` }
  if (!Number.isFinite(observedAt)) return { reason: 'bad-time', detail: `observedAt ${observedAt} is not a time` }
  return undefined
}
