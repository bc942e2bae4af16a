import type { Measured } from '../town.ts'
import { bell, streamOf } from './chance.ts'

const { abs, max, min, round } = Math

/** How an instrument scatters: a share of the value, and at least this much in its unit. */
type Scatter = { readonly relative: number; readonly absolute: number }

const scatterOf: Readonly<Record<string, Scatter>> = {
  vibration: { relative: 0.012, absolute: 0.02 },
  pressure: { relative: 0.003, absolute: 0.004 },
  flow: { relative: 0.006, absolute: 0.02 },
  inflow: { relative: 0.005, absolute: 0.1 },
  outflow: { relative: 0.005, absolute: 0.1 },
  power: { relative: 0.006, absolute: 0.001 },
  level: { relative: 0.003, absolute: 0.003 },
  chlorine: { relative: 0.008, absolute: 0.002 },
  'night-flow': { relative: 0.004, absolute: 0.05 },
  battery: { relative: 0.0025, absolute: 0.002 },
  'pump-current': { relative: 0.006, absolute: 0.01 },
  strain: { relative: 0.004, absolute: 1.2 },
  tilt: { relative: 0.004, absolute: 0.02 },
  'scour-depth': { relative: 0.004, absolute: 0.008 },
  'joint-gap': { relative: 0, absolute: 0.045 },
  current: { relative: 0.008, absolute: 0.01 },
  voltage: { relative: 0.001, absolute: 0.1 },
  'supply-voltage': { relative: 0.002, absolute: 0.01 },
  humidity: { relative: 0.006, absolute: 0.3 },
  rain: { relative: 0.05, absolute: 0 },
  wind: { relative: 0.06, absolute: 0.1 },
  'door-time': { relative: 0.009, absolute: 0.01 },
  'handrail-slip': { relative: 0.04, absolute: 0.01 },
  pm25: { relative: 0.03, absolute: 0.3 },
  pm10: { relative: 0.03, absolute: 0.4 },
  no2: { relative: 0.02, absolute: 0.4 },
  ozone: { relative: 0.02, absolute: 0.5 },
  'sample-flow': { relative: 0.005, absolute: 0.001 },
  load: { relative: 0.006, absolute: 0.2 },
  'oil-level': { relative: 0.0016, absolute: 0.02 },
  hydrogen: { relative: 0.01, absolute: 0.5 },
  co2: { relative: 0.008, absolute: 3 },
  'water-flow': { relative: 0.05, absolute: 0.6 },
  signal: { relative: 0.009, absolute: 0.2 },
}

/** Temperatures, and whatever a town adds that is not in the table. */
const usualScatter: Scatter = { relative: 0.003, absolute: 0.12 }
/** What is counted is counted exactly. */
const counted: ReadonlySet<string> = new Set(['lamps-out', 'starts-per-hour', 'trips', 'queue'])

/** One measuring instrument: adds its scatter, keeps to its range, rounds to a digit more than is worth showing. */
export class Instrument {
  readonly #measured: Measured
  readonly #scatter: Scatter | undefined
  readonly #stream: number
  readonly #scale: number

  constructor(measured: Measured) {
    this.#measured = measured
    this.#scatter = counted.has(measured.quantity) ? undefined : (scatterOf[measured.quantity] ?? usualScatter)
    this.#stream = streamOf(`${measured.asset}/${measured.quantity}/scatter`)
    this.#scale = 10 ** (measured.decimals + 1)
  }

  /** The usual size of the scatter at a value. */
  deviation(value: number): number {
    if (this.#scatter === undefined) return 0
    return max(this.#scatter.absolute, this.#scatter.relative * abs(value))
  }

  /** What is read off the instrument when the true value is this. */
  read(value: number, seed: number, minute: number): number {
    const scattered = value + this.deviation(value) * bell(seed, this.#stream, minute)
    return this.rounded(scattered)
  }

  /** What it shows when its wire is broken: a tenth of its range beyond the end. */
  get impossible(): number {
    const { min: least, max: most } = this.#measured
    return most + (most - least) / 10
  }

  rounded(value: number): number {
    const inside = min(this.#measured.max, max(this.#measured.min, value))
    return round(inside * this.#scale) / this.#scale
  }
}
