import type { z } from 'zod'
import type { Asset, AssetClass, Place, QuantityDefinition, SensorId } from '../../city/index.ts'
import type { CompiledRule } from '../engine/compiled-rule.ts'
import type { Level, Rule } from '../rule.ts'
import type { Change } from '../wording/change.ts'

/** Reports a fault at a place below `when`. */
export type Say = (path: readonly string[], message: string) => void

/** What is known where a rule is read: the class it is for, and all others, which its neighbours may be of. */
export type ReadAround = {
  readonly assetClass: AssetClass
  readonly classes: readonly AssetClass[]
  /** Of the rule's file: paths that a rule names begin there. */
  readonly folder: string
}

/** What a rule is made ready for: the sensors it looks at and where they stand. */
export type Facts = {
  /** The first of the inputs: what the rule's `quantity` names. */
  readonly quantity: QuantityDefinition
  /** One per input, in the order of `inputs()`; one alone for a rule that looks at one sensor. */
  readonly inputs: readonly QuantityDefinition[]
  /** IANA name of the city's zone. */
  readonly timeZone: string
  /** The middle of the city, for the sun; `undefined` while it has no assets. */
  readonly place: Place | undefined
}

/** What a joint rule may ask of the city to find its inputs. */
export type Neighbourhood = {
  asset(id: string): Asset | undefined
  /** Assets of which `id` is the parent, by any relation. */
  childrenOf(id: string): readonly Asset[]
  /** Assets of a class, in the order of their ids. */
  ofClass(id: string): readonly Asset[]
  sensor(id: SensorId): { readonly id: SensorId; readonly quantity: QuantityDefinition } | undefined
}

/** A limit as a line in the chart of the rule's sensor. */
export type DrawnLimit = { readonly level: Level; readonly value: number; readonly direction: 'above' | 'below' }

/** Every condition names its kind and the quantity it is shown with. */
export type AnyCondition = { readonly kind: string; readonly quantity: string }

type Written = Readonly<Record<string, z.ZodType>>
type Output<Shape extends Written> = { readonly [key in keyof Shape]: z.output<Shape[key]> }

type Body<C extends AnyCondition> = {
  readonly kind: C['kind']
  /** The keys of `when` that name this kind; exactly one of all kinds' keys is there. */
  readonly keys: readonly string[]
  /** Further keys of `when` that mean something with it. */
  readonly companions: readonly string[]
  /**
   * The fold over the readings, made ready so that a reading costs comparisons only. `undefined`: readings do not tell,
   * only the clock does.
   */
  compile(rule: Rule, condition: C, facts: Facts): CompiledRule | undefined
  /** One sentence for people: `vibration 7.4 mm/s, above 7.1 mm/s for 10 min`. */
  reason(change: Change, condition: C): string
  /** What `measured` was held against; `undefined` where the condition has no such level. */
  limitOf(condition: C, level: Level, quantity: QuantityDefinition): number | undefined
  /** Where a level is not told by its limit, because that is in no unit of the quantity: whether it has one. */
  hasLevel?(condition: C, level: Level): boolean
  /** Of a kind with a hysteresis: whether a measure has passed a limit, and has not only left where it would recover. */
  isBeyond?(condition: C, measured: number): boolean
  /** Limits that are plain values of the sensor. */
  drawn?(condition: C): readonly DrawnLimit[]
  /**
   * For a *joint* rule, which looks at several sensors: which they are for this asset, in a fixed order, the first being
   * of the rule's own quantity. `undefined`: the asset lacks what the rule needs, and is not judged by it.
   */
  inputs?(condition: C, asset: Asset, city: Neighbourhood): readonly SensorId[] | undefined
  /** Of a kind that has `inputs`: whether this condition is joint. All of them are when it is absent. */
  isJoint?(condition: C): boolean
}

/** One kind of condition, as its own file sees it: how it is written, judged and said. */
export type KindDefinition<C extends AnyCondition, Shape extends Written> = Body<C> & {
  /** How its keys and companions are written; all of them optional. */
  readonly shape: Shape
  /**
   * Reads one rule; `undefined` when something was said against it. `quantities` are those that `when` names: one alone,
   * unless the kind `takesAll`.
   */
  read(
    when: Output<Shape>,
    quantities: readonly [QuantityDefinition, ...QuantityDefinition[]],
    say: Say,
    around: ReadAround,
  ): C | undefined
  /** One rule over all quantities named, instead of one rule for each. */
  takesAll?(when: Output<Shape>): boolean
  /** `when` may do without a quantity: those of this reading of it are taken (`undefined`: something was said against it). */
  findQuantities?(when: Output<Shape>, say: Say, around: ReadAround): readonly string[] | undefined
}

/** One kind of condition among others. Its methods are asked with its own conditions only. */
export type Kind = Omit<Body<never>, 'kind'> & {
  readonly kind: string
  readonly shape: Written
  read: KindDefinition<AnyCondition, Written>['read']
  takesAll: (when: Output<Written>) => boolean
  findQuantities: ((when: Output<Written>, say: Say, around: ReadAround) => readonly string[] | undefined) | undefined
}

/** Closes a definition over its types: what `read` is given was parsed by its `shape`. */
export function defineKind<C extends AnyCondition, Shape extends Written>(definition: KindDefinition<C, Shape>): Kind {
  const { read, takesAll, findQuantities } = definition
  return {
    ...definition,
    read: (when, quantities, say, around) => read(when as Output<Shape>, quantities, say, around),
    takesAll: (when) => takesAll?.(when as Output<Shape>) ?? false,
    findQuantities:
      findQuantities === undefined
        ? undefined
        : (when, say, around) => findQuantities(when as Output<Shape>, say, around),
  }
}
