import type { Asset, AssetId, RelationKind } from '../../city/index.ts'
import { durationText } from '../wording/units.ts'
import { distanceM } from './distance.ts'
import { firstKindsOf, type GroupedTrouble, type Neighbours, stepsMax } from './grouping.ts'
import type { IncidentWords } from './incident.ts'

/** So few assets are an incident when one thing explains most of them. */
const tiedAssetsMin = 3
/** Tied by time and place alone, it takes more: things do fail by chance. */
const nearAssetsMin = 5
/** A parent of which less than this share of its dependents is in trouble is not what they have in common. */
const shareMin = 1 / 3

type Town = Neighbours & { className(id: string): { readonly title: string; readonly plural: string } | undefined }

type Candidate = {
  readonly asset: Asset
  readonly relation: RelationKind
  /** Members that depend on it. */
  readonly dependents: readonly AssetId[]
  /** Its own alarms among the members. */
  readonly own: readonly GroupedTrouble[]
  /** All that depends on it and is of their classes. */
  readonly likeThem: number
  readonly share: number
}

/** What a group of troubles is, in words; `undefined` when it is no incident but a few troubles at the same time. */
export function describeIncident(members: readonly GroupedTrouble[], town: Town): IncidentWords | undefined {
  const assets = [...new Set(members.map(({ asset }) => asset))].sort()
  const root = rootOf(members, town)
  if (root === undefined && assets.length < nearAssetsMin) return undefined
  const startedAt = Math.min(...members.map(({ from }) => from))
  const lastAt = Math.max(...members.map(({ from }) => from))
  const alarms = new Set(members.map(({ alarm }) => alarm)).size
  const counts = { assets: assets.length, alarms, startedAt, lastAt }
  if (root === undefined) {
    const reasons = [
      `${whatWords(members, assets, town)} within ${spanWords(startedAt, lastAt)}`,
      ...placeWords(assets, town),
    ]
    return {
      title: `${whatWords(members, assets, town)}${districtWords(assets, town)}`,
      root: undefined,
      reasons,
      ...counts,
    }
  }
  return {
    title: `${root.asset.name}: ${shareWords(root, members, town)}`,
    root: root.asset.id,
    reasons: [
      `${raised(shareWords(root, members, town))}, ${relationWords[root.relation]} ${root.asset.name}, within ${spanWords(startedAt, lastAt)}`,
      ...ownWords(root, members),
      ...placeWords(assets, town),
    ],
    ...counts,
  }
}

/** The asset on which most of the members depend: of several the one in trouble itself, then the one that fits closest. */
function rootOf(members: readonly GroupedTrouble[], town: Town): Candidate | undefined {
  const candidates = new Map<AssetId, { relation: RelationKind; dependents: Set<AssetId> }>()
  for (const member of members) {
    for (const { asset, relation } of town.topology.ancestorsOf(member.asset, stepsMax, firstKindsOf(member))) {
      const known = candidates.get(asset)
      if (known === undefined) candidates.set(asset, { relation, dependents: new Set([member.asset]) })
      else known.dependents.add(member.asset)
    }
  }
  const inTrouble = new Set(members.map(({ asset }) => asset))
  let best: Candidate | undefined
  for (const [id, { relation, dependents }] of candidates) {
    const asset = town.asset(id)
    if (asset === undefined) continue
    const own = members.filter((member) => member.asset === id)
    const others = inTrouble.size - (own.length > 0 ? 1 : 0)
    const alike = likeThem(id, dependents, town).length
    const share = dependents.size / Math.max(1, alike)
    const enough = dependents.size + (own.length > 0 ? 1 : 0) >= tiedAssetsMin && dependents.size * 2 > others
    if (!enough || (own.length === 0 && share < shareMin)) continue
    const candidate = { asset, relation, dependents: [...dependents].sort(), own, likeThem: alike, share }
    if (best === undefined || isBetter(candidate, best)) best = candidate
  }
  return best
}

function isBetter(one: Candidate, other: Candidate): boolean {
  if (one.dependents.length !== other.dependents.length) return one.dependents.length > other.dependents.length
  if (one.own.length > 0 !== other.own.length > 0) return one.own.length > 0
  if (one.share !== other.share) return one.share > other.share
  return one.asset.id < other.asset.id
}

/** All that depends on the root and is of the classes of those that are in trouble. */
function likeThem(root: AssetId, dependents: Iterable<AssetId>, town: Town): readonly AssetId[] {
  const classes = new Set([...dependents].map((id) => town.asset(id)?.class))
  return [...town.topology.withDependents([root])].filter((id) => id !== root && classes.has(town.asset(id)?.class))
}

const relationWords: Readonly<Record<RelationKind, string>> = {
  'part of': 'part of',
  'fed by': 'fed by',
  'reports through': 'reporting through',
}

/** `3 of 4 drinking water pumps silent`. */
function shareWords({ likeThem: all, dependents }: Candidate, members: readonly GroupedTrouble[], town: Town): string {
  const of = all === dependents.length ? `all ${all}` : `${dependents.length} of ${all}`
  return `${dependents.length === 1 ? '1' : of} ${kindWords(dependents, town)} ${symptomWords(members, dependents)}`
}

function whatWords(members: readonly GroupedTrouble[], assets: readonly AssetId[], town: Town): string {
  return `${assets.length} ${kindWords(assets, town)} ${symptomWords(members, assets)}`
}

/** The plural of their class, where it is one. */
function kindWords(assets: readonly AssetId[], town: Town): string {
  const classes = new Set(assets.map((id) => town.asset(id)?.class ?? ''))
  const [only] = classes
  const words = classes.size === 1 && only !== undefined ? town.className(only) : undefined
  if (words === undefined) return assets.length === 1 ? 'asset' : 'assets'
  return lowered(assets.length === 1 ? words.title : words.plural)
}

function symptomWords(members: readonly GroupedTrouble[], assets: readonly AssetId[]): string {
  const meant = new Set(assets)
  const concerned = members.filter(({ asset }) => meant.has(asset))
  if (concerned.every(({ isSilence }) => isSilence)) return 'silent'
  const titles = new Set(concerned.map(({ ruleTitle }) => ruleTitle))
  const [title] = titles
  return titles.size === 1 && title !== undefined ? `with “${lowered(title)}”` : 'in trouble'
}

function ownWords({ asset, own }: Candidate, members: readonly GroupedTrouble[]): string[] {
  const [first] = [...own].sort((one, other) => one.from - other.from)
  if (first === undefined) return [`${asset.name} itself reports no trouble; it is what they have in common`]
  const others = members.filter((member) => member.asset !== asset.id).map(({ to }) => to)
  const before = others.length > 0 && first.from <= Math.min(...others) ? ', not later than the others' : ''
  return [`${asset.name} itself: “${lowered(first.ruleTitle)}”${before}`]
}

/** `All within 320 m, in Old Town`. */
function placeWords(assets: readonly AssetId[], town: Town): string[] {
  const places = assets.flatMap((id) => town.asset(id)?.place ?? [])
  const [first] = places
  if (first === undefined || places.length < 2) return []
  const furthest = Math.max(...places.map((place) => distanceM(first, place)))
  const across =
    furthest < 950 ? `${Math.max(10, Math.ceil(furthest / 10) * 10)} m` : `${(furthest / 1_000).toFixed(1)} km`
  return [`All within ${across} of ${town.asset(assets[0] ?? '')?.name ?? assets[0]}${districtWords(assets, town)}`]
}

function districtWords(assets: readonly AssetId[], town: Town): string {
  const districts = new Set(assets.map((id) => town.asset(id)?.district))
  const [only] = districts
  return districts.size === 1 && only !== undefined ? `, in ${only}` : ''
}

function spanWords(from: number, to: number): string {
  const ms = Math.max(1_000, to - from)
  return durationText(ms < 120_000 ? Math.ceil(ms / 1_000) * 1_000 : Math.ceil(ms / 60_000) * 60_000)
}

/** Within a sentence; abbreviations keep their capitals. */
function lowered(text: string): string {
  return /^[A-Z][A-Z0-9]/.test(text) ? text : text.charAt(0).toLowerCase() + text.slice(1)
}

function raised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
