import {
  type Asset,
  didYouMean,
  type QuantityDefinition,
  type RelationKind,
  type SensorId,
  sensorId,
} from '../../../city/index.ts'
import type { Neighbourhood, ReadAround } from '../kind.ts'
import { FormulaFault } from './expression.ts'
import { areSame, measured } from './measures.ts'

/** Whose quantity a name of a formula means. */
export type Reference = { readonly of: Relative; readonly quantity: string }

/** The asset itself, one it stands below, or all that stand below it. */
export type Relative = 'itself' | 'whole' | 'feeder' | 'gateway' | 'parts' | 'fed'

/** One asset above, by the relation it is named after. */
const above: Readonly<Partial<Record<Relative, RelationKind>>> = {
  whole: 'part of',
  feeder: 'fed by',
  gateway: 'reports through',
}

/** All assets below, by the relation that they have to this one. */
const below: Readonly<Partial<Record<Relative, RelationKind>>> = { parts: 'part of', fed: 'fed by' }

const relatives: readonly Relative[] = ['whole', 'feeder', 'gateway', 'parts', 'fed']

/** Of several assets at once: only within `sum`, `mean`, `min`, `max` or `count`. */
export function isGroup({ of }: Reference): boolean {
  return below[of] !== undefined
}

/** `flow`, `feeder.flow`, `parts.flow`: what it means, and the definition of the quantity; throws FormulaFault. */
export function resolveName(
  name: string,
  place: number,
  { assetClass, classes }: ReadAround,
): { readonly reference: Reference; readonly definition: QuantityDefinition } {
  const [first = '', second] = name.split('.')
  const quantity = second ?? first
  if (second === undefined)
    return { reference: { of: 'itself', quantity }, definition: own(quantity, place, assetClass) }
  const of = relatives.find((each) => each === first)
  if (of === undefined)
    throw new FormulaFault(place, `"${first}": expected one of ${relatives.join(', ')} before the point`)
  // Of what class a neighbour is, only the city knows; the quantity is of one kind wherever it is measured.
  const found = classes.flatMap(({ quantities }) => quantities.find(({ id }) => id === quantity) ?? [])
  const [definition] = found
  if (definition === undefined) throw new FormulaFault(place, `no class has a quantity "${quantity}"`)
  const units = [...new Set(found.map(({ unit }) => unit))]
  const dimension = measured(definition.unit, place).dimension
  if (!units.every((unit) => areSame(measured(unit, place).dimension, dimension)))
    throw new FormulaFault(
      place,
      `"${quantity}" is measured in ${units.join(' and ')} by different classes: nothing can be reckoned with it`,
    )
  return { reference: { of, quantity }, definition }
}

function own(quantity: string, place: number, { id, quantities }: ReadAround['assetClass']): QuantityDefinition {
  const found = quantities.find((each) => each.id === quantity)
  if (found !== undefined) return found
  const known = quantities.map((each) => each.id)
  const hint = didYouMean(quantity, known)
  throw new FormulaFault(
    place,
    `class "${id}" has no quantity "${quantity}"${hint === '' ? `: expected one of ${known.join(', ')}` : hint}`,
  )
}

/** The sensors a name means for one asset; none when there are none. */
export function sensorsFor({ of, quantity }: Reference, asset: Asset, city: Neighbourhood): readonly SensorId[] {
  const assets =
    of === 'itself'
      ? [asset.id]
      : below[of] === undefined
        ? parentOf(asset, above[of])
        : childrenOf(asset, below[of], city)
  return assets.map((id) => sensorId(id, quantity)).filter((id) => city.sensor(id) !== undefined)
}

function parentOf({ relations }: Asset, relation: RelationKind | undefined): readonly string[] {
  return relations.filter(({ kind }) => kind === relation).map(({ asset }) => asset)
}

function childrenOf({ id }: Asset, relation: RelationKind | undefined, city: Neighbourhood): readonly string[] {
  return city
    .childrenOf(id)
    .filter(({ relations }) => relations.some(({ kind, asset }) => kind === relation && asset === id))
    .map((child) => child.id)
}
