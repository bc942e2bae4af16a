import type { AssetId, Instant } from '../../city/index.ts'
import { hourMs } from '../world/calendar.ts'
import { bell, chance, streamOf } from '../world/chance.ts'
import type { Instrument } from '../world/instruments.ts'
import type { SensorTrouble } from './sensor-trouble.ts'
import { isTroubled } from './sensor-trouble.ts'

/** What stuck sensors hold on to, kept across restarts: a value that moved would not be stuck. */
export type HeldValues = Readonly<Record<string, number>>

// Any sensor, any reading: one in 60,000 is a spike from a switching contactor, a tram, a bird. About 30 a week in town.
const straySpikeChance = 1 / 60_000
// A sensor that has the spikes shows one in eight readings.
const spikeChance = 1 / 8
const spikeDeviations = { least: 14, spread: 12 }
// Of the instrument's scatter, an hour: after two days a drifting sensor is off by about ten times its scatter.
const driftDeviationsPerHour = 0.2

const straySpikeStream = streamOf('trouble/stray-spike')

/** All sensor troubles of a town. Between the instrument and the wire, it spoils what is read. */
export class TroubleBook {
  #troubles: readonly SensorTrouble[] = []
  readonly #bySensor = new Map<string, SensorTrouble[]>()
  readonly #held = new Map<string, number>()

  constructor(troubles: readonly SensorTrouble[] = [], held: HeldValues = {}) {
    for (const [sensor, value] of Object.entries(held)) this.#held.set(sensor, value)
    this.add(troubles)
  }

  troubles(): readonly SensorTrouble[] {
    return this.#troubles
  }

  held(): HeldValues {
    return Object.fromEntries(this.#held)
  }

  add(troubles: readonly SensorTrouble[]): void {
    this.#troubles = [...this.#troubles, ...troubles]
    this.#index()
  }

  /** What leaves the sensor instead of the value read; nothing when it is silent. */
  spoil(sensor: string, value: number, at: Instant, seed: number, instrument: Instrument): number | undefined {
    const minute = Math.floor(at / 60_000)
    const spiked = chance(seed ^ streamOf(sensor), straySpikeStream, minute) < straySpikeChance
    const whole = spiked ? spikeOf(sensor, value, minute, seed, instrument) : value
    const here = this.#bySensor.get(sensor)
    if (here === undefined) return whole
    let shown: number | undefined = whole
    let stuck = false
    for (const trouble of here) {
      if (!isTroubled(trouble, at)) continue
      stuck ||= trouble.kind === 'stuck'
      if (shown !== undefined) shown = this.#show(trouble, shown, at, seed, instrument)
    }
    // The next time it sticks it holds on to another value.
    if (!stuck) this.#held.delete(sensor)
    return shown
  }

  /** How far ahead a sensor's clock is. */
  aheadMs(sensor: string, at: Instant): number {
    const here = this.#bySensor.get(sensor)
    if (here === undefined) return 0
    return here.find((trouble) => trouble.kind === 'clock-skew' && isTroubled(trouble, at))?.aheadMs ?? 0
  }

  /** A crew changed what was wrong with the sensors of an asset. */
  repair(asset: AssetId, at: Instant): readonly SensorTrouble[] {
    const mended = this.#troubles.filter((trouble) => trouble.sensor.startsWith(`${asset}/`) && isTroubled(trouble, at))
    const gone = new Set(mended)
    this.#troubles = this.#troubles.map((trouble) => (gone.has(trouble) ? { ...trouble, repairedAt: at } : trouble))
    this.#index()
    return mended
  }

  #show(trouble: SensorTrouble, value: number, at: Instant, seed: number, instrument: Instrument): number | undefined {
    switch (trouble.kind) {
      case 'silent':
        return undefined
      case 'stuck': {
        const held = this.#held.get(trouble.sensor) ?? value
        this.#held.set(trouble.sensor, held)
        return held
      }
      case 'drift': {
        const hours = (at - trouble.fromAt) / hourMs
        return instrument.rounded(value + driftDeviationsPerHour * hours * instrument.deviation(value))
      }
      case 'spikes': {
        const minute = Math.floor(at / 60_000)
        const now = chance(seed ^ 0x51ed270b, streamOf(trouble.sensor), minute) < spikeChance
        return now ? spikeOf(trouble.sensor, value, minute, seed, instrument) : value
      }
      case 'impossible':
        return instrument.impossible
      default:
        return value
    }
  }

  #index(): void {
    this.#bySensor.clear()
    for (const trouble of this.#troubles) {
      const here = this.#bySensor.get(trouble.sensor)
      if (here === undefined) this.#bySensor.set(trouble.sensor, [trouble])
      else here.push(trouble)
    }
  }
}

function spikeOf(sensor: string, value: number, minute: number, seed: number, instrument: Instrument): number {
  const drawn = bell(seed, streamOf(`${sensor}/spike`), minute)
  const size = (spikeDeviations.least + spikeDeviations.spread * Math.abs(drawn)) * instrument.deviation(value)
  return instrument.rounded(value + Math.sign(drawn || 1) * size)
}
