import type { Sensor, SensorId } from './sensor.ts'

/**
 * What a foreign name stands for: a value sent under it is `sent × scale + offset` in the unit of the sensor's quantity.
 */
export type Source = { readonly sensor: Sensor; readonly scale: number; readonly offset: number }

/**
 * A name that devices use, mapped to a sensor. The name is `{dialect}:{device}/{its own name}`
 * (`chirpstack:70b3d57ed0001234/temperature`), or what a native device calls a quantity (`pump-07/temp`).
 * A sensor has one source at most: two instruments in one history would be judged for the difference between them.
 */
export type SourceDraft = {
  readonly name: string
  readonly sensor: SensorId
  /** UCUM code as sent; the quantity's own unit when absent. Beside a `factor` it only says what is sent. */
  readonly unit?: string
  /** For raw counts (4–20 mA, pulses): value = sent × factor + offset, in the quantity's unit. */
  readonly factor?: number
  /** Only with a factor; 0 when absent. */
  readonly offset?: number
}

/** A source as it is kept, with why it is of no use at the moment, if so. */
export type KeptSource = SourceDraft & {
  /** The sensor is not measured any more, or its class has another unit since: nothing is taken under the name. */
  readonly fault?: string
}

export const sourceNameLengthMax = 256

const dialectName = /^[a-z][a-z0-9]*:[^/]/
const nativeName = /^[^/:]+\/[^/:]+$/
// Control characters, and the two that MQTT decoding leaves of broken text.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const unlawful = /[\u0000-\u001f\u007f\ufffd]/

export function isSourceName(name: string): boolean {
  return name.length <= sourceNameLengthMax && !unlawful.test(name) && (dialectName.test(name) || nativeName.test(name))
}
