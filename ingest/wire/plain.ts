/*
 * The native forms as nearly every device writes them, read straight from the bytes:
 *
 *   telemetry/{asset}/{quantity}   3.2
 *                                  {"value":3.2,"observedAt":1777888800000}
 *   telemetry/{asset}              {"observedAt":"2026-05-04T10:00:00Z","values":{"pressure":3.2,"flow":41}}
 *                                  [ … several of those … ]
 *
 * No text, object or array is made on the way, which is what makes it ten times as fast as `JSON.parse` and a walk over
 * its result. It understands less than `parseNative` and never says why: whatever it does not take, `parseNative` reads,
 * and says what is wrong. What both take, both read alike (tests/ingest/plain.property.test.ts).
 */
import { qualities } from '../reading.ts'
import { JsonBytes } from './json-bytes.ts'
import type { Message } from './message.ts'
import { type Columns, unsaid } from './parcel.ts'
import { readingsPerMessageMax } from './parsed.ts'
import { plainDecimal } from './value.ts'

const nativePrefix = 'telemetry/'

const valueKey = Buffer.from('value')
const valuesKey = Buffer.from('values')
const observedAtKey = Buffer.from('observedAt')
const qualityKey = Buffer.from('quality')
const qualityWords = qualities.map((quality) => Buffer.from(quality))

/** The quantities of one asset, in the order in which they were learnt. */
type Quantities = { readonly words: Buffer[]; readonly numbers: number[] }

export class PlainReader {
  readonly #json = new JsonBytes()
  /** By topic, because the same topic's string comes again and again. */
  readonly #sensors = new Map<string, number>()
  readonly #assets = new Map<string, Quantities>()

  learn(sensor: string, number: number): void {
    const topic = nativePrefix + sensor
    const slash = topic.lastIndexOf('/')
    if (this.#sensors.has(topic)) return
    this.#sensors.set(topic, number)
    const asset = topic.slice(0, slash)
    const quantities = this.#assets.get(asset) ?? { words: [], numbers: [] }
    quantities.words.push(Buffer.from(topic.slice(slash + 1)))
    quantities.numbers.push(number)
    this.#assets.set(asset, quantities)
  }

  /** Adds the message's readings to the columns. `false`: it is not plain, and what was added is to be taken back. */
  read({ topic, payload, receivedAt }: Message, columns: Columns): boolean {
    const sensor = this.#sensors.get(topic)
    if (sensor !== undefined) return this.#readOne(sensor, payload, receivedAt, columns)
    const quantities = this.#assets.get(topic)
    return quantities !== undefined && this.#readSeveral(quantities, payload, receivedAt, columns)
  }

  #readOne(sensor: number, payload: Uint8Array, receivedAt: number, columns: Columns): boolean {
    const plain = plainDecimal(payload)
    if (plain !== undefined) {
      columns.addReading(sensor, receivedAt, plain, unsaid)
      return true
    }
    const json = this.#json.over(payload)
    if (!json.open()) return false
    let value = Number.NaN
    let observedAt = Number.NaN
    let quality = unsaid
    do {
      if (json.isKey(valueKey) && Number.isNaN(value)) value = json.number()
      else if (json.isKey(observedAtKey) && Number.isNaN(observedAt)) observedAt = json.instant()
      else if (json.isKey(qualityKey) && quality === unsaid) quality = json.word(qualityWords)
      else return false
    } while (json.next())
    if (!json.closed() || !json.isAtEnd()) return false
    if (Number.isNaN(value) || json.failed) return false
    columns.addReading(sensor, Number.isNaN(observedAt) ? receivedAt : observedAt, value, quality)
    return true
  }

  #readSeveral(quantities: Quantities, payload: Uint8Array, receivedAt: number, columns: Columns): boolean {
    const json = this.#json.over(payload)
    const first = columns.readings
    if (!json.openList()) return this.#readRecord(quantities, receivedAt, columns) && json.isAtEnd()
    do {
      if (!this.#readRecord(quantities, receivedAt, columns)) return false
      if (columns.readings - first > readingsPerMessageMax) return false
    } while (json.nextInList())
    return json.closedList() && json.isAtEnd() && columns.readings > first
  }

  #readRecord(quantities: Quantities, receivedAt: number, columns: Columns): boolean {
    const json = this.#json
    const first = columns.readings
    if (!json.open()) return false
    let observedAt = Number.NaN
    let quality = unsaid
    do {
      if (json.isKey(observedAtKey) && Number.isNaN(observedAt)) observedAt = json.instant()
      else if (json.isKey(qualityKey) && quality === unsaid) quality = json.word(qualityWords)
      else if (!json.isKey(valuesKey) || columns.readings > first || !this.#readValues(quantities, columns))
        return false
    } while (json.next())
    if (!json.closed() || json.failed || columns.readings === first) return false
    const at = Number.isNaN(observedAt) ? receivedAt : observedAt
    // They may stand before the time that is theirs.
    for (let row = first; row < columns.readings; row += 1) {
      columns.observedAt[row] = at
      columns.qualities[row] = quality
    }
    return true
  }

  #readValues({ words, numbers }: Quantities, columns: Columns): boolean {
    const json = this.#json
    const first = columns.readings
    if (!json.open()) return false
    let place = 0
    do {
      // Devices name their quantities in the same order each time.
      let tried = 0
      while (tried < words.length && !json.isKey(words[place] as Buffer)) {
        place = place + 1 === words.length ? 0 : place + 1
        tried += 1
      }
      if (tried === words.length) return false
      const sensor = numbers[place] as number
      // Named twice: the last one counts, which `JSON.parse` sees to.
      for (let row = first; row < columns.readings; row += 1) if (columns.sensors[row] === sensor) return false
      const value = json.number()
      if (json.failed) return false
      columns.addReading(sensor, 0, value, unsaid)
      place = place + 1 === words.length ? 0 : place + 1
    } while (json.next())
    return json.closed()
  }
}
