import type { Character, Drivers, Values } from './part.ts'
import { lagged } from './part.ts'

// A speed-controlled centrifugal pump against a mostly static head, in metres of water and shares of its peak flow.
const shutOffHead = 69
const innerLoss = 8
const pipeLoss = 6
const metresPerBar = 10.2
// At full speed a new pump just manages its peak; a worn one has nothing left to turn up.
const speedSquaredMax = 1
const bestEfficiency = 0.8
const motorEfficiency = 0.94
const bearingMinutes = 25

/** What a pump does at a wanted flow, given its wear: curve, speed, efficiency and losses hang together. */
export function pumpAt(wanted: number, peak: number, staticHead: number, impellerWear: number) {
  // Worn rings let water back round the impeller: head is lost, and the water that comes round again costs power.
  const share = (wanted / peak) * (1 - 0.3 * impellerWear ** 2)
  const wornHead = shutOffHead * (1 - 0.42 * impellerWear)
  const needed = staticHead + (pipeLoss + innerLoss) * share ** 2
  const speedSquared = Math.min(speedSquaredMax, needed / wornHead)
  const head = Math.min(needed, wornHead * speedSquared) - innerLoss * share ** 2
  const driven = shutOffHead * speedSquared - innerLoss * share ** 2
  const throughImpeller = (wanted / 3600) * (1 + 0.12 * impellerWear)
  const efficiency = bestEfficiency * (1 - 0.4 * (share - 0.8) ** 2)
  const power = (9.81 * throughImpeller * driven) / (efficiency * motorEfficiency) + 0.6
  return { flow: share * peak, pressure: head / metresPerBar, power, load: share }
}

/** One pump of the water network. It runs all the time, faster by day. */
export class Pump {
  readonly character: Character
  /** Cubic metres an hour at the busiest time. */
  readonly peak: number
  readonly #staticHead: number
  readonly #smoothness: number
  readonly #breathing: (at: number) => number
  bearing = 50
  /** What the station asks of it now, cubic metres an hour. */
  wanted = 0

  constructor(character: Character, peak: number) {
    this.character = character
    this.peak = peak
    this.#staticHead = character.constant('static-head', 52, 54.5)
    this.#smoothness = character.constant('vibration', 1.65, 2)
    this.#breathing = character.wander('breathing', 25 * 60_000)
  }

  advance(wanted: number, drivers: Drivers): void {
    this.wanted = wanted
    const load = Math.min(1.1, wanted / this.peak)
    const room = 21 + 0.2 * (drivers.weather.temperature - 10)
    const wear = this.character.severity('bearing-wear', drivers.at)
    this.bearing = lagged(this.bearing, room + 27 + 8 * load ** 2 + 46 * wear, bearingMinutes)
  }

  remembered(): readonly number[] {
    return [this.bearing, this.wanted]
  }

  recall(take: () => number): void {
    this.bearing = take()
    this.wanted = take()
  }

  values(drivers: Drivers): Values {
    const { at } = drivers
    const bearingWear = this.character.severity('bearing-wear', at)
    const sealLeak = this.character.severity('seal-leak', at)
    const impellerWear = this.character.severity('impeller-wear', at)
    const run = pumpAt(this.wanted, this.peak, this.#staticHead, impellerWear)
    return {
      flow: run.flow * (1 - 0.08 * sealLeak),
      pressure: Math.max(0.3, run.pressure + 0.02 * this.#breathing(at) - 2.6 * sealLeak),
      power: run.power * (1 + 0.04 * bearingWear + 0.03 * sealLeak),
      vibration:
        this.#smoothness + 0.35 * run.load ** 2 + 0.08 * this.#breathing(at) + 7.8 * bearingWear + 0.7 * impellerWear,
      'bearing-temperature': this.bearing,
    }
  }
}
