import type { Sensor } from '../city/index.ts'

/**
 * Sensors by the numbers that parcels name them with. A number is given once, to a name, and stays with it; what the
 * name means is asked anew whenever the registry has changed. Some 60 bytes a sensor beside its name.
 */
export class NumberedSensors {
  readonly #lookUp: (name: string) => Sensor | undefined
  readonly #numbers = new Map<string, number>()
  readonly #names: string[] = []
  #sensors: (Sensor | undefined)[] = []

  constructor(lookUp: (name: string) => Sensor | undefined) {
    this.#lookUp = lookUp
  }

  /** `undefined` when there is no such sensor any more. */
  sensor(number: number): Sensor | undefined {
    const known = this.#sensors[number]
    if (known !== undefined) return known
    const sensor = this.#lookUp(this.nameOf(number))
    this.#sensors[number] = sensor
    return sensor
  }

  nameOf(number: number): string {
    return this.#names[number] ?? ''
  }

  /** The number of a name, and whether it was given only now. */
  numberFor(name: string): { readonly number: number; readonly isNew: boolean } {
    const known = this.#numbers.get(name)
    if (known !== undefined) return { number: known, isNew: false }
    const number = this.#names.push(name) - 1
    this.#numbers.set(name, number)
    return { number, isNew: true }
  }

  /** The registry has changed. */
  renew(): void {
    this.#sensors = []
  }
}
