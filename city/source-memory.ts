import type { AssetId } from './asset.ts'
import type { Sensor } from './sensor.ts'
import type { KeptSource, Source, SourceDraft } from './source.ts'
import { sourceConversion } from './source-conversion.ts'

/** What is looked up for every reading of a foreign device, with what the list of sources shows besides. */
type Held = Source & { readonly unit: string | undefined; readonly given: boolean }

/**
 * The sources by name: one object of five fields each, as there may be a million. Those that are of no use (their sensor is
 * gone, its unit another) stand apart, so that the look-up stays one.
 */
export class SourceMemory {
  readonly #held = new Map<string, Held>()
  readonly #useless = new Map<string, KeptSource>()
  readonly #sensor: (id: string) => Sensor | undefined

  constructor(sensor: (id: string) => Sensor | undefined) {
    this.#sensor = sensor
  }

  get(name: string): Source | undefined {
    return this.#held.get(name)
  }

  has(name: string): boolean {
    return this.#held.has(name) || this.#useless.has(name)
  }

  put(draft: SourceDraft): void {
    this.remove(draft.name)
    const sensor = this.#sensor(draft.sensor)
    const answer = sensor === undefined ? undefined : sourceConversion(draft, sensor.quantity)
    if (sensor === undefined || answer === undefined)
      this.#setAside(draft, `sensor ${draft.sensor} is not measured any more`)
    else if (answer.kind === 'refused') this.#setAside(draft, answer.reason)
    else {
      const { scale, offset } = answer
      this.#held.set(draft.name, { sensor, scale, offset, unit: draft.unit, given: draft.factor !== undefined })
    }
  }

  remove(name: string): void {
    this.#held.delete(name)
    this.#useless.delete(name)
  }

  /** The asset's sensors are others now; those of an asset that is gone go with it. */
  assetChanged(asset: AssetId, gone: boolean): void {
    const belongs = ({ sensor }: SourceDraft) => sensor.startsWith(`${asset}/`)
    const drafts: SourceDraft[] = [...this.#useless.values()].filter(belongs)
    for (const [name, held] of this.#held) if (held.sensor.asset === asset) drafts.push(draftOf(name, held))
    for (const draft of drafts) {
      if (gone) this.remove(draft.name)
      else this.put(draft)
    }
  }

  *all(): Generator<KeptSource> {
    for (const [name, held] of this.#held) yield draftOf(name, held)
    yield* this.#useless.values()
  }

  #setAside({ name, sensor, unit, factor, offset }: SourceDraft, fault: string): void {
    this.#useless.set(name, { name, sensor, ...present({ unit, factor, offset }), fault })
  }
}

function draftOf(name: string, { sensor, unit, given, scale, offset }: Held): SourceDraft {
  return { name, sensor: sensor.id, ...present({ unit, ...(given ? { factor: scale, offset } : {}) }) }
}

/** Without the fields that are not there. */
function present<Fields extends object>(fields: Fields): { [Key in keyof Fields]?: Exclude<Fields[Key], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never
}
