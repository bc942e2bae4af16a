import type { Asset, AssetId, Instant, SensorId } from '../../city/index.ts'
import type { Neighbourhood } from '../kinds/kind.ts'
import type { SensorWatch } from './sensor-watch.ts'
import type { RuleRegistry } from './watch-list.ts'

/**
 * A *joint watch* judges one rule over several sensors: it folds their readings as one stream, in the order of the moments
 * they were observed at and, within a moment, of the inputs. So that history, late readings and checkpoints need not know,
 * the two are one number: the moment in whole milliseconds, and the input as a fraction of one. Ten bits of fraction fit
 * beside forty-one of milliseconds into a double, exactly.
 */
const inputsMax = 1_024

/** A place in the stream of a joint watch. */
export function jointInstant(at: Instant, input: number): Instant {
  return Math.floor(at) + input / inputsMax
}

export function momentOf(joint: Instant): Instant {
  return Math.floor(joint)
}

export function inputOf(joint: Instant): number {
  return (joint - Math.floor(joint)) * inputsMax
}

/** A joint watch's key beside those of the sensors: no sensor has a plus in its name. */
export function jointId(asset: AssetId, rule: string): string {
  return `${asset}/+${rule}`
}

/** A sensor as one of the inputs of a joint watch, which is named by its key. */
export type JointInput = {
  readonly joint: string
  readonly input: number
  /** As it was last found; another may be in its place since. */
  watch: SensorWatch | undefined
}

/** What joint rules ask of the city; the lists are made once, for all rules and assets. */
export function neighbourhoodOf(registry: RuleRegistry): Neighbourhood {
  const byClass = new Map<string, Asset[]>()
  const children = new Map<AssetId, Asset[]>()
  const put = (lists: Map<string, Asset[]>, key: string, asset: Asset) => {
    const list = lists.get(key)
    if (list === undefined) lists.set(key, [asset])
    else list.push(asset)
  }
  for (const asset of registry.assets()) {
    put(byClass, asset.class, asset)
    for (const relation of asset.relations) put(children, relation.asset, asset)
  }
  for (const list of [...byClass.values(), ...children.values()]) list.sort((a, b) => (a.id < b.id ? -1 : 1))
  return {
    asset: (id) => registry.asset(id),
    childrenOf: (id) => children.get(id) ?? [],
    ofClass: (id) => byClass.get(id) ?? [],
    sensor: (id: SensorId) => registry.sensor(id),
  }
}

/** Whether a rule's inputs are few enough, and each there once. */
export function areSound(inputs: readonly SensorId[]): boolean {
  return inputs.length > 0 && inputs.length <= inputsMax && new Set(inputs).size === inputs.length
}
