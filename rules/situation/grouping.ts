import type { Asset, AssetId, DurationMs, Instant } from '../../city/index.ts'
import { distanceM } from './distance.ts'
import type { Topology } from './topology.ts'

/** An alarm that fires, as far as it matters for what it has to do with others. */
export type GroupedTrouble = {
  readonly occurrence: string
  readonly alarm: string
  readonly asset: AssetId
  readonly class: string
  readonly failureMode: string
  readonly ruleTitle: string
  readonly isSilence: boolean
  /** When it may have happened: a thing that reports every hour went silent within the hour after its last word. */
  readonly from: Instant
  readonly to: Instant
}

/** Two alarms that happened no further apart than this may be one event. */
export const togetherMs: DurationMs = 10 * 60_000
/** Of the same kind and no further apart than this. */
export const nearM = 500
/** How many steps of "fed by", "part of", "reports through" trouble is followed upwards. */
export const stepsMax = 3

/** What the grouping asks of the town. */
export type Neighbours = { asset(id: AssetId): Asset | undefined; readonly topology: Topology }

/**
 * Parts troubles into groups that belong together by time and by relation, place or zone. What belongs together does not
 * depend on the order in which it was heard: a group is all that hangs together by any of the ties.
 */
export function groupTroubles<Trouble extends GroupedTrouble>(
  troubles: readonly Trouble[],
  town: Neighbours,
): Trouble[][] {
  const sorted = [...troubles].sort(
    (one, other) => one.from - other.from || (one.occurrence < other.occurrence ? -1 : 1),
  )
  const groups = new Groups(sorted.length)
  const byTie = new Map<string, number[]>()
  for (const [index, trouble] of sorted.entries()) {
    for (const tie of tiesOf(trouble, town)) {
      const tied = byTie.get(tie)
      if (tied === undefined) byTie.set(tie, [index])
      else tied.push(index)
    }
  }
  for (const tied of byTie.values()) joinInTime(sorted, tied, groups)
  joinNear(sorted, town, groups)
  return groups.all().map((members) => members.flatMap((index) => sorted[index] ?? []))
}

/** Names of what ties a trouble to others: itself, what it depends on, and its zone. */
export function tiesOf(trouble: GroupedTrouble, { asset, topology }: Neighbours): readonly string[] {
  const own = asset(trouble.asset)
  const ancestors = topology.ancestorsOf(trouble.asset, stepsMax, firstKindsOf(trouble))
  const zone = own?.district === undefined ? [] : [`zone ${own.district} ${symptomOf(trouble)}`]
  return [trouble.asset, ...ancestors.map((each) => each.asset)].map((id) => `asset ${id}`).concat(zone)
}

/** A gateway has to do with silence only; what feeds an asset or what it is part of, with any trouble. */
export function firstKindsOf({ isSilence }: GroupedTrouble) {
  return isSilence ? (['part of', 'fed by', 'reports through'] as const) : (['part of', 'fed by'] as const)
}

/** Silence is silence, whatever is silent; else the same failure of the same class. */
function symptomOf(trouble: GroupedTrouble): string {
  return trouble.isSilence ? 'silent' : `${trouble.class} ${trouble.failureMode}`
}

/** Joins those of one tie that follow each other closely enough. */
function joinInTime(sorted: readonly GroupedTrouble[], tied: readonly number[], groups: Groups): void {
  let last: number | undefined
  let lastTo = Number.NEGATIVE_INFINITY
  for (const index of tied) {
    const trouble = sorted[index]
    if (trouble === undefined) continue
    if (last !== undefined && trouble.from <= lastTo + togetherMs) groups.join(last, index)
    if (last === undefined || trouble.to > lastTo) {
      last = index
      lastTo = trouble.to
    }
  }
}

function joinNear(sorted: readonly GroupedTrouble[], town: Neighbours, groups: Groups): void {
  const bySymptom = new Map<string, { index: number; trouble: GroupedTrouble; asset: Asset }[]>()
  for (const [index, trouble] of sorted.entries()) {
    const asset = town.asset(trouble.asset)
    if (asset === undefined) continue
    const key = symptomOf(trouble)
    const same = bySymptom.get(key) ?? []
    bySymptom.set(key, same)
    for (const other of same) {
      if (groups.areTogether(other.index, index) || trouble.from > other.trouble.to + togetherMs) continue
      if (distanceM(asset.place, other.asset.place) <= nearM) groups.join(other.index, index)
    }
    same.push({ index, trouble, asset })
  }
}

/** Which belong together, by their indices. */
class Groups {
  readonly #leader: number[]

  constructor(count: number) {
    this.#leader = Array.from({ length: count }, (_, index) => index)
  }

  join(one: number, other: number): void {
    const [low, high] = [this.#leaderOf(one), this.#leaderOf(other)].sort((a, b) => a - b)
    if (low !== undefined && high !== undefined) this.#leader[high] = low
  }

  areTogether(one: number, other: number): boolean {
    return this.#leaderOf(one) === this.#leaderOf(other)
  }

  all(): number[][] {
    const byLeader = new Map<number, number[]>()
    for (const index of this.#leader.keys()) {
      const leader = this.#leaderOf(index)
      const group = byLeader.get(leader)
      if (group === undefined) byLeader.set(leader, [index])
      else group.push(index)
    }
    return [...byLeader.values()]
  }

  #leaderOf(index: number): number {
    let leader = index
    while (this.#leader[leader] !== leader) leader = this.#leader[leader] ?? leader
    this.#leader[index] = leader
    return leader
  }
}
