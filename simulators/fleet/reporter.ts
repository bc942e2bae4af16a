import type { AssetId, DurationMs, Instant } from '../../city/index.ts'
import type { Measured, SimulatedTown } from '../town.ts'
import type { TroubleBook } from '../trouble/trouble-book.ts'
import { minuteMs } from '../world/calendar.ts'
import { chance, streamOf } from '../world/chance.ts'
import type { World } from '../world/world.ts'

// Of what is measured every minute, the past keeps every second one: a hole of four intervals would break a rule's `for`.
const thinnedMinutes = 2

/** What one asset's logger writes down at one moment, ready for `telemetry/{asset}`. */
export type Row = {
  readonly asset: AssetId
  /** By the device's own clock, which may be wrong. */
  readonly observedAt: Instant
  /** By the clock on the wall. */
  readonly trueAt: Instant
  readonly values: Readonly<Record<string, number>>
  readonly count: number
}

type Due = { readonly measured: Measured; readonly sensor: string; readonly everyMinutes: number }
type Logger = {
  readonly asset: AssetId
  readonly stream: number
  readonly phase: number
  readonly secondMs: DurationMs
  readonly due: readonly Due[]
  /** Whether it looks at something that starts and stops within minutes: every second look would see runs of one reading. */
  readonly switches: boolean
}

/**
 * Turns the world into rows, minute by minute. An asset's logger has a second of its own in the minute, and a minute of
 * its own among the five or ten, so that the town does not speak all at once. The same minute gives the same rows, live or
 * as history.
 */
export class Reporter {
  readonly #world: World
  readonly #troubles: TroubleBook
  readonly #seed: number
  readonly #loggers: readonly Logger[]
  readonly #rhythms: ReadonlyMap<AssetId, number>

  constructor(town: SimulatedTown, world: World, troubles: TroubleBook, seed: number) {
    this.#world = world
    this.#troubles = troubles
    this.#seed = seed
    const reporting = [...new Set(town.devices.flatMap((device) => device.assets))]
    this.#loggers = reporting.map((asset) => {
      const own = streamOf(`${asset}/logger`)
      const due = world.measuredOn(asset).map((measured) => ({
        measured,
        sensor: `${asset}/${measured.quantity}`,
        everyMinutes: Math.max(1, Math.round(measured.expectedIntervalMs / minuteMs)),
      }))
      const switches = due.some(({ measured }) => measured.quantity === 'starts-per-hour')
      return { asset, stream: own, phase: own % 60, secondMs: ((own >>> 8) % 60) * 1_000, due, switches }
    })
    this.#rhythms = new Map(
      this.#loggers.map(({ asset, due }) => [asset, Math.min(60, ...due.map((one) => one.everyMinutes))]),
    )
  }

  /** The fastest rhythm of an asset, in minutes. */
  rhythmOf(asset: AssetId): number {
    return this.#rhythms.get(asset) ?? 1
  }

  /**
   * The rows of the minute that begins at `minuteAt`, where the world is moved to. `coarseMinutes`: quantities that are
   * measured more often are written down only so often.
   */
  rowsOf(minuteAt: Instant, coarseMinutes = 1): readonly Row[] {
    this.#world.advanceTo(minuteAt)
    const minute = Math.round(minuteAt / minuteMs)
    const rows: Row[] = []
    for (const logger of this.#loggers) {
      const due = logger.due.filter((one) => this.#isDue(logger, one, minute + logger.phase, coarseMinutes))
      if (due.length === 0) continue
      const row = this.#rowOf(logger, due, minuteAt + logger.secondMs)
      if (row.count > 0) rows.push(row)
    }
    return rows
  }

  /**
   * What is measured every minute is thinned out less, and at a minute drawn anew each time: a pump that starts every ten
   * minutes, looked at every ten minutes, would seem to run without a stop. What counts its starts is not thinned at all.
   */
  #isDue(logger: Logger, one: Due, shifted: number, coarseMinutes: number): boolean {
    if (one.everyMinutes > 1 || coarseMinutes === 1) return shifted % Math.max(one.everyMinutes, coarseMinutes) === 0
    const thinned = logger.switches ? 1 : Math.min(coarseMinutes, thinnedMinutes)
    const drawn = chance(this.#seed, logger.stream, Math.floor(shifted / thinned))
    return shifted % thinned === Math.floor(drawn * thinned)
  }

  #rowOf(logger: Logger, due: readonly Due[], trueAt: Instant): Row {
    const measured = this.#world.measure(
      logger.asset,
      due.map((one) => one.measured),
    )
    const values: Record<string, number> = {}
    let count = 0
    let ahead = 0
    for (const { measured: one, sensor } of due) {
      const value = measured[one.quantity]
      const instrument = this.#world.instrument(one)
      if (value === undefined || instrument === undefined) continue
      const shown = this.#troubles.spoil(sensor, value, trueAt, this.#seed, instrument)
      if (shown === undefined) continue
      ahead = Math.max(ahead, this.#troubles.aheadMs(sensor, trueAt))
      values[one.quantity] = shown
      count += 1
    }
    return { asset: logger.asset, observedAt: trueAt + ahead, trueAt, values, count }
  }
}
