import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Instant } from '../../city/index.ts'
import type { BrokerAddress, Credential } from '../fleet/connection.ts'
import { listenToCrews } from '../fleet/crew-listener.ts'
import { Fleet } from '../fleet/fleet.ts'
import { Reporter } from '../fleet/reporter.ts'
import type { SimulatedTown } from '../town.ts'
import { hourMs, minuteMs } from '../world/calendar.ts'
import { World } from '../world/world.ts'
import { nextSlice } from './history.ts'
import { LiveMinute } from './live-minute.ts'
import { Pace } from './pace.ts'
import { type SimulatorState, stateSchema } from './state.ts'
import { Story } from './story.ts'
import { readWhole, writeWhole } from './whole-file.ts'

export type SimulationProgress = {
  readonly stage: 'history' | 'live'
  /** 0 to 1 while the past is filled in. */
  readonly historyDone: number
  /** Readings acknowledged by the broker in this run. */
  readonly readings: number
  readonly simulatedAt: Instant
  readonly connected: number
}

export type SimulateOptions = {
  readonly broker: BrokerAddress
  readonly town: SimulatedTown
  /** Secret by device; devices without one are left out. */
  readonly credentials: ReadonlyMap<string, string>
  /** Subscribed to `tickets/+`: what the crews finish is mended in the simulated town. */
  readonly crewListener?: Credential
  readonly seed: number
  /** Simulated seconds a second until caught up; as fast as it is taken when absent. */
  readonly speed?: number
  readonly from: Instant
  readonly stateFile: string
  readonly truthFile: string
  now(): Instant
  readonly log: Logger
  readonly signal: AbortSignal
  onProgress?(progress: SimulationProgress): void
}

// What a device's memory holds when the whole simulator was off: older than that stays a gap.
const gapFilledMs = 12 * hourMs
// Filling in a week takes about this long; what is staged "a minute after the start" is meant from then.
const fillingMs = 25_000
// Further behind than this, the past is filled in as history; nearer it is live.
const behindMs = 3 * minuteMs
const stateEveryMs = 30_000
const tickMs = 1_000
// How long a stop waits for acknowledgements.
const lastWordsMs = 1_500
const paceTickMs = 250

/** Runs the simulated town against a broker until the signal says stop. */
export async function simulate(options: SimulateOptions): Promise<void> {
  await new Simulation(options).run()
}

class Simulation {
  readonly #options: SimulateOptions
  readonly #pace: Pace
  readonly #story: Story
  readonly #world: World
  readonly #reporter: Reporter
  readonly #fleet: Fleet
  readonly #live: LiveMinute
  readonly #beginAt: Instant
  #nextAt: Instant
  /** Good to be written once everything that was sent is acknowledged. */
  #pending: SimulatorState | undefined
  #stage: SimulationProgress['stage'] = 'history'
  #savedAt = 0

  constructor(options: SimulateOptions) {
    const { town, seed, log } = options
    this.#options = options
    const found = rememberedState(options)
    const from = found?.throughAt ?? options.from
    this.#pace = new Pace({ from, speed: options.speed, now: options.now })
    this.#story = new Story(town, seed, found ?? { liveAt: this.#pace.caughtUpAt(fillingMs) })
    this.#beginAt = found === undefined ? wholeMinute(options.from) : resumeAt(found, options.now())
    this.#world = new World(town, { seed, faults: this.#story.faults, from: this.#beginAt, memory: found?.world })
    this.#reporter = new Reporter(town, this.#world, this.#story.troubles, seed)
    this.#fleet = new Fleet(town, { broker: options.broker, credentials: options.credentials, seed, log })
    this.#live = new LiveMinute(this.#reporter, this.#fleet)
    this.#nextAt = this.#beginAt
  }

  async run(): Promise<void> {
    const { signal, log, broker, crewListener } = this.#options
    this.#story.planOn(this.#options.now())
    this.#writeTruth()
    const crews =
      crewListener === undefined
        ? undefined
        : listenToCrews(broker, crewListener, (asset, mode, ticket) => this.#mended(asset, mode, ticket), log)
    const connecting = this.#fleet.connect(signal)
    try {
      while (!signal.aborted) await this.#step()
    } finally {
      await connecting
      // What travels may arrive; only then is it remembered as told.
      await this.#fleet.settled(AbortSignal.timeout(lastWordsMs))
      if (this.#stage === 'live') this.#remember()
      if (this.#fleet.idle) this.#save()
      await Promise.all([this.#fleet.close(), crews?.close()])
    }
  }

  /** Either a slice of the past, or a second of the present. */
  async #step(): Promise<void> {
    const { now, signal } = this.#options
    const horizon = this.#pace.horizon()
    if (now() - horizon > behindMs || horizon - this.#nextAt > behindMs) {
      await this.#fillIn(horizon)
      return
    }
    this.#stage = 'live'
    this.#nextAt = this.#live.advance(this.#nextAt, now())
    if (this.#story.planOn(now())) this.#writeTruth()
    if (now() - this.#savedAt > stateEveryMs && this.#fleet.idle) {
      this.#remember()
      this.#save()
    }
    this.#progress()
    await sleep(tickMs, undefined, { signal }).catch(() => {})
  }

  async #fillIn(horizon: Instant): Promise<void> {
    const { now, signal } = this.#options
    this.#stage = 'history'
    const slice = await nextSlice(this.#reporter, this.#nextAt, horizon, {
      now: now(),
      inFull: this.#pace.inFull,
      signal,
    })
    if (signal.aborted) return
    // The slice before this one travelled while this one was made.
    await this.#fleet.settled(signal)
    if (signal.aborted) return
    this.#save()
    this.#fleet.keep(slice.rows)
    this.#fleet.sendAll()
    this.#nextAt = slice.toAt
    this.#remember()
    this.#progress()
    if (slice.rows.length === 0) await sleep(paceTickMs, undefined, { signal }).catch(() => {})
  }

  #mended(asset: string, failureMode: string, ticket: number): void {
    const things = this.#story.repair(asset, failureMode, this.#options.now())
    if (things === 0) return
    this.#options.log.info({ asset, failureMode, ticket }, 'the simulated crew mended it')
    this.#writeTruth()
  }

  #remember(): void {
    this.#pending = {
      version: 1,
      seed: this.#options.seed,
      liveAt: this.#story.liveAt,
      plannedTo: this.#story.plannedTo,
      // Of a minute that has begun live, some loggers have yet to report; it is reported again, and counts once.
      throughAt: this.#nextAt - (this.#stage === 'live' ? 2 : 1) * minuteMs,
      world: this.#world.memory() as SimulatorState['world'],
      faults: [...this.#story.faults.faults()],
      troubles: [...this.#story.troubles.troubles()],
      held: { ...this.#story.troubles.held() },
    }
  }

  #save(): void {
    if (this.#pending === undefined) return
    writeWhole(this.#options.stateFile, this.#pending)
    this.#savedAt = this.#options.now()
  }

  #writeTruth(): void {
    writeWhole(this.#options.truthFile, this.#story.truth())
  }

  #progress(): void {
    const span = Math.max(1, this.#options.now() - this.#beginAt)
    this.#options.onProgress?.({
      stage: this.#stage,
      historyDone: this.#stage === 'live' ? 1 : Math.min(1, (this.#nextAt - this.#beginAt) / span),
      readings: this.#fleet.counts.acknowledged,
      simulatedAt: this.#nextAt,
      connected: this.#fleet.connected,
    })
  }
}

function wholeMinute(at: Instant): Instant {
  return Math.floor(at / minuteMs) * minuteMs
}

/** After a stop the town goes on from where it was acknowledged, or from as far back as its loggers remember. */
function resumeAt(state: SimulatorState, now: Instant): Instant {
  return wholeMinute(Math.max(state.throughAt + minuteMs, now - gapFilledMs))
}

function rememberedState(options: SimulateOptions): SimulatorState | undefined {
  const raw = readWhole(options.stateFile)
  if (raw === undefined) return undefined
  const state = stateSchema.safeParse(raw)
  if (state.success && state.data.seed === options.seed && state.data.throughAt <= options.now()) return state.data
  options.log.warn({ file: options.stateFile }, 'the simulator cannot go on from this file and begins anew')
  return undefined
}
