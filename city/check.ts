import type { Asset, AssetId } from './asset.ts'
import type { AssetClass } from './asset-class.ts'
import type { Crew } from './crew.ts'
import { didYouMean } from './nearest-name.ts'
import { isName } from './sensor.ts'

/** Something wrong with one entry of a list. Whoever read the list knows the file and the line of the entry's field. */
export type Issue = { readonly index: number; readonly field: string; readonly message: string }

/** Ids to look up and to suggest from: a Map by id or a Set. */
export type AssetIds = { has(id: AssetId): boolean; keys(): Iterable<AssetId> }

/** What an asset may refer to, besides the other assets of its own list. */
export type Known = {
  readonly classes: ReadonlyMap<string, AssetClass>
  readonly assets: AssetIds
}

// Looking for the name that was meant compares with every asset. A list that is wrong in thousands of places is told
// what is wrong everywhere, and what was probably meant in the first of them.
const suggestionsMax = 100

export const nameRule = 'expected lower-case letters, digits and single hyphens, at most 64'

/** Everything that is wrong with these assets, each by itself and with what it refers to. */
export function checkAssets(assets: readonly Asset[], known: Known): Issue[] {
  const first = new Map<AssetId, number>()
  for (const [index, { id }] of assets.entries()) if (!first.has(id)) first.set(id, index)
  const issues: Issue[] = []
  for (const [index, asset] of assets.entries()) {
    const say = (field: string, message: string): void => {
      issues.push({ index, field, message: `asset "${asset.id}": ${message}` })
    }
    if (!isName(asset.id)) say('id', `id "${asset.id}": ${nameRule}`)
    if (first.get(asset.id) !== index) say('id', `id "${asset.id}" is used twice`)
    checkFields(asset, say)
    checkClass(asset, known, say)
    checkRelations(asset, first, known, say, issues.length < suggestionsMax)
  }
  return issues
}

type Say = (field: string, message: string) => void

function checkFields(asset: Asset, say: Say): void {
  if (asset.name.trim() === '') say('name', 'name is empty')
  if (!Number.isInteger(asset.criticality) || asset.criticality < 1 || asset.criticality > 5)
    say('criticality', `criticality ${asset.criticality}: expected a whole number from 1 to 5`)
  const { latitude, longitude } = asset.place
  if (!(Math.abs(latitude) <= 90)) say('place', `latitude ${latitude}: expected degrees from -90 to 90`)
  if (!(Math.abs(longitude) <= 180)) say('place', `longitude ${longitude}: expected degrees from -180 to 180`)
}

function checkClass(asset: Asset, known: Known, say: Say): void {
  const assetClass = known.classes.get(asset.class)
  if (assetClass === undefined) {
    say('class', `class "${asset.class}" is not known${didYouMean(asset.class, known.classes.keys())}`)
    return
  }
  const measured = assetClass.quantities.map((quantity) => quantity.id)
  for (const quantity of asset.quantities ?? [])
    if (!measured.includes(quantity))
      say(
        'quantities',
        `quantity "${quantity}" is not one of class "${assetClass.id}"${didYouMean(quantity, measured) || `: expected ${measured.join(', ')}`}`,
      )
}

function checkRelations(asset: Asset, listed: AssetIds, known: Known, say: Say, withSuggestion: boolean): void {
  const suggestion = (unknown: AssetId): string =>
    withSuggestion ? didYouMean(unknown, others(asset.id, listed, known.assets)) : ''
  for (const relation of asset.relations) {
    if (relation.asset === asset.id)
      say(relation.kind, `${relation.kind} "${relation.asset}": that is the asset itself`)
    else if (!listed.has(relation.asset) && !known.assets.has(relation.asset))
      say(relation.kind, `${relation.kind} "${relation.asset}": no such asset${suggestion(relation.asset)}`)
  }
}

function* others(self: AssetId, ...lists: readonly AssetIds[]): Generator<AssetId> {
  for (const list of lists) for (const id of list.keys()) if (id !== self) yield id
}

/**
 * `part of` and `reports through` must not go round: suppression and roll-ups walk them upwards. Networks (`fed by`) may
 * well be rings.
 */
export function checkCircles(assets: readonly Asset[]): Issue[] {
  return [...circlesOf(assets, 'part of', 'is part of itself'), ...circlesOf(assets, 'reports through', throughItself)]
}

const throughItself = 'reports through itself'

function circlesOf(assets: readonly Asset[], kind: 'part of' | 'reports through', what: string): Issue[] {
  const wholes = new Map<AssetId, Set<AssetId>>()
  const parts = new Map<AssetId, AssetId[]>()
  for (const { id, relations } of assets) {
    const targets = relations.filter((relation) => relation.kind === kind && relation.asset !== id)
    wholes.set(id, new Set(targets.map((relation) => relation.asset)))
    for (const { asset } of targets) {
      const known = parts.get(asset)
      if (known === undefined) parts.set(asset, [id])
      else known.push(id)
    }
  }
  // Take away what is part of nothing (any more), again and again; what stays leads into a circle.
  const free = [...new Set([...wholes.keys(), ...parts.keys()])].filter((id) => (wholes.get(id)?.size ?? 0) === 0)
  for (let whole = free.pop(); whole !== undefined; whole = free.pop()) {
    wholes.delete(whole)
    for (const part of parts.get(whole) ?? []) {
      const left = wholes.get(part)
      if (left?.delete(whole) === true && left.size === 0) free.push(part)
    }
  }
  const issues: Issue[] = []
  const told = new Set<AssetId>()
  for (const [index, { id }] of assets.entries()) {
    if (!wholes.has(id) || told.has(id)) continue
    const way = wayRound(id, wholes)
    if (!way.includes(id)) continue
    issues.push({ index, field: kind, message: `asset "${id}": ${what}: ${[...way, id].join(' → ')}` })
    for (const member of way) told.add(member)
  }
  return issues
}

/** The circle that following the first whole of each ends in. */
function wayRound(start: AssetId, wholes: ReadonlyMap<AssetId, ReadonlySet<AssetId>>): AssetId[] {
  const way: AssetId[] = []
  let at: AssetId | undefined = start
  while (at !== undefined && !way.includes(at)) {
    way.push(at)
    at = wholes.get(at)?.values().next().value
  }
  return at === undefined ? way : way.slice(way.indexOf(at))
}

/** Everything that is wrong with these crews: a skill that no failure mode asks for would never be called for. */
export function checkCrews(
  crews: readonly Crew[],
  classes: Iterable<AssetClass>,
  districts: ReadonlySet<string>,
): Issue[] {
  const skills = new Set([...classes].flatMap((assetClass) => assetClass.failureModes.map((mode) => mode.skill)))
  const ids = new Set<string>()
  const issues: Issue[] = []
  for (const [index, crew] of crews.entries()) {
    const say = (field: string, message: string): void => {
      issues.push({ index, field, message: `crew "${crew.id}": ${message}` })
    }
    if (!isName(crew.id)) say('id', `id "${crew.id}": ${nameRule}`)
    if (ids.has(crew.id)) say('id', `id "${crew.id}" is used twice`)
    ids.add(crew.id)
    if (crew.name.trim() === '') say('name', 'name is empty')
    for (const skill of crew.skills)
      if (!skills.has(skill))
        say(
          'skills',
          `skill "${skill}" is asked for by no failure mode${didYouMean(skill, skills) || `: expected ${[...skills].sort().join(', ')}`}`,
        )
    for (const district of crew.area)
      if (districts.size > 0 && !districts.has(district))
        say('area', `district "${district}" is not in the city${didYouMean(district, districts)}`)
  }
  return issues
}
