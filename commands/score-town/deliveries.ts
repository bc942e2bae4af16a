import type { Instant } from '../../city/index.ts'
import { deliveryOf, isCutOff, type Reporter, type Row, type SimulatedTown } from '../../simulators/index.ts'

/**
 * The way from the loggers to us, with the same troubles as over MQTT: a device without a link keeps its rows and sends
 * them when it is back, a row in a thousand is repeated or overtaken, one in four thousand is lost.
 */
export class Deliveries {
  readonly #reporter: Reporter
  readonly #seed: number
  readonly #deviceOf: ReadonlyMap<string, string>
  readonly #kept = new Map<string, Row[]>()
  readonly #overtaken = new Map<string, Row>()

  constructor(town: SimulatedTown, reporter: Reporter, seed: number) {
    this.#reporter = reporter
    this.#seed = seed
    this.#deviceOf = new Map(town.devices.flatMap(({ id, assets }) => assets.map((asset) => [asset, id] as const)))
  }

  /** What arrives in the minute that begins at `minuteAt`, in order of arrival. */
  arriveIn(minuteAt: Instant): readonly Row[] {
    const arrived: Row[] = []
    for (const row of this.#reporter.rowsOf(minuteAt)) this.#send(row, minuteAt, arrived)
    return arrived
  }

  #send(row: Row, minuteAt: Instant, arrived: Row[]): void {
    const device = this.#deviceOf.get(row.asset) ?? row.asset
    const kept = this.#kept.get(row.asset)
    if (isCutOff(device, this.#reporter.rhythmOf(row.asset) === 1, minuteAt, this.#seed)) {
      if (kept === undefined) this.#kept.set(row.asset, [row])
      else kept.push(row)
      return
    }
    if (kept !== undefined) {
      arrived.push(...kept)
      this.#kept.delete(row.asset)
    }
    const delivery = deliveryOf(device, row.asset, row.trueAt, this.#seed)
    if (delivery === 'after the next' && !this.#overtaken.has(row.asset)) {
      this.#overtaken.set(row.asset, row)
      return
    }
    if (delivery !== 'lost') arrived.push(row)
    if (delivery === 'sent twice') arrived.push(row)
    const late = this.#overtaken.get(row.asset)
    if (late === undefined) return
    arrived.push(late)
    this.#overtaken.delete(row.asset)
  }
}
