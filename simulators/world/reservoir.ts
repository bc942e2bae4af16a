import { hourMs } from './calendar.ts'
import type { Character, Drivers, Values } from './part.ts'
import { lagged } from './part.ts'

// Filled hard below the low mark, a little above the high one; the marks are far enough apart for about a cycle a day.
const lowMark = 5.2
const highMark = 8.6
const fillHard = 1.45
const fillLittle = 0.5
// Valves and pumps are brought up slowly, or the mains would feel it.
const valveMinutes = 40
// A surface this large moves by less than 0.4 m/h at the largest difference of inflow and outflow.
const areaPerOutflow = 3.4
const overflowLevel = 11.8

/** A service reservoir: level by mass balance, filled through a valve that switches on level. */
export class Reservoir {
  readonly character: Character
  readonly meanOutflow: number
  /** Square metres. */
  readonly area: number
  readonly #chlorine: number
  readonly #dosing: (at: number) => number
  level: number
  filling: boolean
  inflow: number
  outflow: number

  constructor(character: Character, meanOutflow: number) {
    this.character = character
    this.meanOutflow = meanOutflow
    this.area = areaPerOutflow * meanOutflow
    this.#chlorine = character.constant('chlorine', 0.44, 0.51)
    this.#dosing = character.wander('dosing', 5 * hourMs)
    this.level = character.constant('level', lowMark + 0.6, highMark - 0.6)
    this.filling = character.constant('filling', 0, 1) > 0.5
    this.inflow = meanOutflow
    this.outflow = meanOutflow
  }

  /** One minute: the valve moves, then the water does. */
  advance(outflow: number, drivers: Drivers): void {
    if (this.level < lowMark) this.filling = true
    else if (this.level > highMark) this.filling = false
    // The valve sticks more and more closed; from half way on nothing comes through.
    const stuck = Math.min(1, 2 * this.character.severity('level-control', drivers.at))
    // When more leaves than a town can drink, the waterworks send more, and hold the low mark.
    const extra = Math.max(0, outflow - (this.filling ? fillHard : 2.1) * this.meanOutflow)
    const wanted = (this.meanOutflow * (this.filling ? fillHard : fillLittle) + extra) * (1 - stuck)
    this.inflow = lagged(this.inflow, wanted, valveMinutes)
    this.outflow = this.level > 0.3 ? outflow : Math.min(outflow, this.inflow)
    const next = this.level + (this.inflow - this.outflow) / this.area / 60
    this.level = Math.min(overflowLevel, Math.max(0.05, next))
  }

  remembered(): readonly number[] {
    return [this.level, this.filling ? 1 : 0, this.inflow, this.outflow]
  }

  recall(take: () => number): void {
    this.level = take()
    this.filling = take() > 0.5
    this.inflow = take()
    this.outflow = take()
  }

  values(drivers: Drivers): Values {
    const { at, demand } = drivers
    const lost = 0.42 * this.character.severity('low-disinfectant', at)
    const chlorine = this.#chlorine + 0.015 * (demand.water - 1) + 0.02 * this.#dosing(at) - lost
    return {
      level: this.level,
      inflow: this.inflow,
      outflow: this.outflow,
      chlorine: Math.max(0.01, chlorine),
    }
  }
}
