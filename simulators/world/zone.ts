import { hourMs } from './calendar.ts'
import type { Character, Drivers, Values } from './part.ts'

// The quietest hours, when nearly all that flows in is leakage.
const nightFromHour = 2
const nightToHour = 4

/** A pressure zone: what people take, what is lost, and the night flow its logger works out by itself. */
export class Zone {
  readonly character: Character
  /** Cubic metres an hour taken on average. */
  readonly base: number
  readonly background: number
  readonly #pressure: number
  readonly #habit: (at: number) => number
  readonly #mains: (at: number) => number
  /** Sum and count of the night that runs, and the mean of the last one. */
  night: [number, number, number]
  inflow = 0
  /** What gushes out of a burst main: it comes by the gravity main, past the pumps. */
  burst = 0

  constructor(character: Character) {
    this.character = character
    this.base = character.constant('base', 58, 122)
    this.background = this.base * character.constant('background', 0.04, 0.08)
    this.#pressure = character.constant('pressure', 4.25, 4.95)
    this.#habit = character.wander('habit', 2 * hourMs)
    this.#mains = character.wander('mains', 3 * hourMs)
    this.night = [0, 0, this.base * 0.185 + this.background]
  }

  advance(drivers: Drivers): void {
    const { at, demand, local } = drivers
    const taken = this.base * demand.water * (1 + 0.035 * this.#habit(at))
    this.burst = 430 * this.character.severity('burst', at)
    this.inflow = taken + this.background + 75 * this.character.severity('leak', at) + this.burst
    const [sum, count, last] = this.night
    if (local.hour >= nightFromHour && local.hour < nightToHour) this.night = [sum + this.inflow, count + 1, last]
    else if (count > 0) this.night = [0, 0, sum / count]
  }

  remembered(): readonly number[] {
    return [...this.night, this.inflow, this.burst]
  }

  recall(take: () => number): void {
    this.night = [take(), take(), take()]
    this.inflow = take()
    this.burst = take()
  }

  values(drivers: Drivers): Values {
    const { at, demand } = drivers
    const drop =
      0.13 * demand.water +
      0.5 * this.character.severity('leak', at) +
      1.45 * Math.min(1, this.character.severity('burst', at))
    const pressure = (this.#pressure - drop + 0.05 * this.#mains(at)) * this.#regulated(at)
    return { inflow: this.inflow, pressure: Math.max(0.2, pressure), 'night-flow': this.night[2] }
  }

  /** What a failing pressure-reducing valve lets through. */
  #regulated(at: number): number {
    return Math.max(0, 1 - 0.72 * this.character.severity('low-pressure', at))
  }
}
