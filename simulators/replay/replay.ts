import { setTimeout as sleep } from 'node:timers/promises'
import type { AssetId, DurationMs, FileFault, Instant } from '../../city/index.ts'
import type { BrokerAddress, Credential } from '../fleet/connection.ts'
import { nextMessage } from '../fleet/messages.ts'
import type { Row } from '../fleet/reporter.ts'
import { PlaybackConnection } from './playback-connection.ts'
import type { ColumnMap, Recorded } from './recording.ts'
import { recordedRows } from './recording.ts'

export type ReplayOptions = {
  readonly file: string
  readonly map: ColumnMap
  readonly broker: BrokerAddress
  readonly credential: Credential
  /** Times faster than recorded; `max`: as fast as it is acknowledged. */
  readonly speed: number | 'max'
  /** Moves all times by the same span, so that the last row is now. */
  readonly shiftToNow?: boolean
  now(): Instant
  readonly signal?: AbortSignal
  onProgress?(summary: ReplaySummary): void
}

export type ReplaySummary = {
  readonly rows: number
  readonly published: number
  readonly acknowledged: number
  /** Messages the broker's side answered on `errors/{device}`, and the first of the answers. */
  readonly refused: number
  readonly refusals: readonly string[]
  /** Rows or cells of the file that could not be used, and the first of them. */
  readonly faultCount: number
  readonly faults: readonly FileFault[]
  /** Of what was published, after any shift. */
  readonly firstAt: Instant | undefined
  readonly lastAt: Instant | undefined
}

const faultsKeptMax = 100
// Rows of an asset that are sent together when they are due together.
const rowsTogetherMax = 200
const progressEveryRows = 5_000

/** Publishes a recording over MQTT as a device, with the recording's own timestamps, and says what became of it. */
export async function replay(options: ReplayOptions): Promise<ReplaySummary> {
  const shiftMs = options.shiftToNow ? options.now() - (await lastInstant(options)) : 0
  const connection = await PlaybackConnection.open(options.broker, options.credential)
  const playback = new Playback(options, connection, shiftMs)
  try {
    await playback.run()
    return playback.summary()
  } finally {
    await connection.close()
  }
}

/** The newest time in the file; read through once for it, so that nothing has to be kept. */
async function lastInstant(options: ReplayOptions): Promise<Instant> {
  let last = Number.NEGATIVE_INFINITY
  for await (const row of recordedRows(options.file, options.map, { fault: () => {} })) last = Math.max(last, row.at)
  return Number.isFinite(last) ? last : options.now()
}

class Playback {
  readonly #options: ReplayOptions
  readonly #connection: PlaybackConnection
  readonly #shiftMs: DurationMs
  readonly #signal: AbortSignal
  readonly #together = new Map<AssetId, Row[]>()
  readonly #faults: FileFault[] = []
  #faultCount = 0
  #rows = 0
  #firstAt: Instant | undefined
  #lastAt: Instant | undefined
  #begunAt: Instant = 0
  #begunWith: Instant = 0

  constructor(options: ReplayOptions, connection: PlaybackConnection, shiftMs: DurationMs) {
    this.#options = options
    this.#connection = connection
    this.#shiftMs = shiftMs
    this.#signal = options.signal ?? new AbortController().signal
  }

  async run(): Promise<void> {
    const fault = (found: FileFault) => {
      this.#faultCount += 1
      if (this.#faults.length < faultsKeptMax) this.#faults.push(found)
    }
    for await (const row of recordedRows(this.#options.file, this.#options.map, { fault })) {
      if (this.#signal.aborted) break
      await this.#play(row)
    }
    await this.#flush()
    await this.#connection.settled(this.#signal)
  }

  summary(): ReplaySummary {
    const { published, acknowledged, refused, refusals } = this.#connection
    return {
      rows: this.#rows,
      published,
      acknowledged,
      refused,
      refusals: [...refusals],
      faultCount: this.#faultCount,
      faults: [...this.#faults],
      firstAt: this.#firstAt,
      lastAt: this.#lastAt,
    }
  }

  async #play(row: Recorded): Promise<void> {
    await this.#waitFor(row.at)
    this.#rows += 1
    const at = row.at + this.#shiftMs
    this.#firstAt ??= at
    this.#lastAt = at
    for (const [asset, values] of row.values) {
      const rows = this.#together.get(asset) ?? []
      rows.push({ asset, observedAt: at, trueAt: at, values, count: Object.keys(values).length })
      this.#together.set(asset, rows)
      if (rows.length >= rowsTogetherMax) await this.#flush()
    }
    if (this.#rows % progressEveryRows === 0) this.#options.onProgress?.(this.summary())
  }

  /** Keeps the recording's own pace. What was gathered is sent before waiting. */
  async #waitFor(at: Instant): Promise<void> {
    const { speed, now } = this.#options
    if (speed === 'max') return
    if (this.#rows === 0) {
      this.#begunAt = now()
      this.#begunWith = at
    }
    const dueAt = this.#begunAt + (at - this.#begunWith) / speed
    if (dueAt <= now()) return
    await this.#flush()
    await sleep(dueAt - now(), undefined, { signal: this.#signal }).catch(() => {})
  }

  async #flush(): Promise<void> {
    for (const [asset, rows] of this.#together) {
      for (let message = nextMessage(asset, rows); message !== undefined; message = nextMessage(asset, rows)) {
        rows.splice(0, message.rows)
        await this.#connection.publish(message.topic, message.payload, message.readings)
      }
    }
    this.#together.clear()
  }
}
