import { setTimeout } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Instant } from '../city/index.ts'
import { type Reading, type ReadingStore, StoreUnavailable } from '../ingest/index.ts'
import type { AlarmEvent, Incidents, RuleEngine } from '../rules/index.ts'
import type { Tickets } from '../tickets/index.ts'

/** Silence and the ends of shelving are looked for this often. */
const tickEveryMs = 1_000
/** Repairs are checked against the readings this often. */
const verifyEveryMs = 2_000
/** After a crash, little more than this is judged a second time; see `checkpointPauses`. */
const checkpointEveryMs = 5_000
/** So many times as long as a checkpoint took is none taken, but for no longer than the other. */
const checkpointPauses = 20
const checkpointPauseMaxMs = 60_000
/** When the database refuses (disk full, locked), the same change is tried again after this long; nothing passes it. */
const retryAfterMs = 1_000

export type WatchParts = {
  readonly engine: RuleEngine
  readonly incidents: Incidents
  readonly tickets: Tickets
  readonly store: ReadingStore
  /** Tells pages and MQTT of an alarm that changed. */
  readonly tell: (event: AlarmEvent) => void
  readonly now: () => Instant
  readonly log: Logger
}

/**
 * From kept readings to alarms to tickets. Readings are judged at once, in the order they were kept; what follows from
 * an alarm (its row, its ticket, the news of it) is done one event after another, so that a checkpoint can be taken
 * between two of them: all that was judged before it has reached the tickets.
 */
export class Watch {
  readonly #parts: WatchParts
  readonly #timers: NodeJS.Timeout[] = []
  #doings: Promise<void> = Promise.resolve()
  #stopping = false
  /** Monotonic milliseconds; no checkpoint before it. */
  #checkpointFrom = 0
  /** A change was given up at stopping: the checkpoint must stay before it, so that the next start makes it. */
  #behind = false
  /** While the store is away, the past is still to be judged, and no checkpoint may say that it was. */
  #pastIsJudged = true

  constructor(parts: WatchParts) {
    this.#parts = parts
  }

  /**
   * Judges what was kept before the last stop and had not reached the tickets. When the store is away, that is done as
   * soon as it answers; what comes in meanwhile is judged at once, for each reading is judged at its own time.
   */
  async catchUp(): Promise<number> {
    const { engine, incidents, log, now } = this.#parts
    const since = await engine.restore(now())
    incidents.seed(engine.alarms())
    if (since === undefined) return 0
    try {
      return await this.#judgeSince(since)
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error
      log.warn({ err: error }, 'what was kept before the last stop is judged when the store is back')
      this.#pastIsJudged = false
      void this.#catchUpLater(since)
      return 0
    }
  }

  start(): void {
    const { engine, now } = this.#parts
    this.#every(tickEveryMs, () => this.#follow(engine.tick(now())))
    this.#every(verifyEveryMs, () => this.#do(() => this.#verify()))
    this.#every(checkpointEveryMs, () => this.#do(() => this.#checkpointInTurn()))
  }

  /** What the store has just kept. */
  judge(readings: readonly Reading[], judgedAt: Instant): void {
    this.#follow(this.#parts.engine.judge(readings, judgedAt))
  }

  /** Lets everything that was begun come to its end, and remembers how far the judgement went. */
  async stop(): Promise<void> {
    this.#stopping = true
    for (const timer of this.#timers) clearInterval(timer)
    await this.#doings
    if (!this.#behind) await this.#checkpoint()
  }

  async #judgeSince({ receivedFrom, observedFrom }: { receivedFrom: Instant; observedFrom: Instant }): Promise<number> {
    let judged = 0
    for await (const readings of this.#parts.store.receivedSince(receivedFrom, observedFrom)) {
      this.judge(readings, this.#parts.now())
      judged += readings.length
      await this.#doings
    }
    return judged
  }

  async #catchUpLater(since: { receivedFrom: Instant; observedFrom: Instant }): Promise<void> {
    while (!this.#stopping) {
      await setTimeout(retryAfterMs)
      try {
        const judged = await this.#judgeSince(since)
        this.#pastIsJudged = true
        this.#parts.log.info({ judged }, 'what was kept before the last stop is judged now')
        return
      } catch (error) {
        if (error instanceof StoreUnavailable) continue
        this.#parts.log.error({ err: error }, 'what was kept before the last stop could not be judged; trying again')
      }
    }
  }

  /** Where a checkpoint is much work, it is taken less often: judging again after a crash is faster than writing it. */
  async #checkpointInTurn(): Promise<void> {
    const begunAt = performance.now()
    if (begunAt < this.#checkpointFrom) return
    await this.#checkpoint()
    const endedAt = performance.now()
    this.#checkpointFrom = endedAt + Math.min((endedAt - begunAt) * checkpointPauses, checkpointPauseMaxMs)
  }

  async #checkpoint(): Promise<void> {
    if (this.#pastIsJudged) await this.#parts.engine.checkpoint(this.#parts.now())
  }

  #follow(events: readonly AlarmEvent[]): void {
    if (events.length === 0) return
    const { engine, incidents, tickets, tell, now } = this.#parts
    this.#do(async () => {
      await this.#surely(() => engine.record(events))
      // Before the tickets: the crew is told of what they have in common.
      await this.#surely(() => incidents.consider(events, now()))
      for (const event of events) {
        await this.#surely(() => tickets.consider(event, now()))
        tell(event)
      }
    })
  }

  /** Tries until it is done: a ticket that could not be written must not be passed over. */
  async #surely(doing: () => Promise<unknown>): Promise<void> {
    for (;;) {
      try {
        await doing()
        return
      } catch (error) {
        this.#parts.log.error({ error }, 'a change of an alarm or ticket could not be written; trying again')
        if (this.#stopping) {
          this.#behind = true
          return
        }
        await setTimeout(retryAfterMs)
      }
    }
  }

  async #verify(): Promise<void> {
    const { engine, tickets, now } = this.#parts
    await tickets.completeEvidence(now())
    await tickets.verify(
      (asset) => engine.alarmsOf(asset),
      (sensor) => engine.newestAt(sensor),
      now(),
    )
  }

  #do(doing: () => Promise<unknown>): void {
    this.#doings = this.#doings.then(doing).then(
      () => undefined,
      (error: unknown) =>
        this.#parts.log.error({ error }, 'the verification or the checkpoint failed; it is tried again'),
    )
  }

  #every(periodMs: number, doing: () => void): void {
    this.#timers.push(setInterval(doing, periodMs))
  }
}
