import type { AssetState, AssetSummary } from '../data/types.ts'
import { score } from '../shell/finding.ts'
import { assetStateOrder } from '../words/states.ts'

export const assetSorts = ['state', 'name', 'class', 'district', 'criticality', 'tickets'] as const
export type AssetSort = (typeof assetSorts)[number]

export type AssetFilter = {
  readonly state: AssetState | undefined
  readonly class: string | undefined
  readonly district: string | undefined
  readonly text: string
  readonly sort: AssetSort
  readonly descending: boolean
}

/** From the address; what it does not know it ignores. */
export function assetFilter(query: URLSearchParams): AssetFilter {
  const state = query.get('state')
  const sort = query.get('sort')?.replace(/^-/, '')
  return {
    state: assetStateOrder.find((each) => each === state),
    class: query.get('class') ?? undefined,
    district: query.get('district') ?? undefined,
    text: query.get('q') ?? '',
    sort: assetSorts.find((each) => each === sort) ?? 'state',
    descending: query.get('sort')?.startsWith('-') ?? false,
  }
}

const collator = new Intl.Collator('en', { numeric: true })
const rank = (asset: AssetSummary) => assetStateOrder.indexOf(asset.state)

/** Worst first: state, then open tickets, then how much hangs on it, then the name. */
function worseFirst(a: AssetSummary, b: AssetSummary): number {
  return rank(a) - rank(b) || b.openTickets - a.openTickets || b.criticality - a.criticality || byName(a, b)
}

const byName = (a: AssetSummary, b: AssetSummary) => collator.compare(a.name, b.name) || collator.compare(a.id, b.id)

const orders: Readonly<Record<AssetSort, (a: AssetSummary, b: AssetSummary) => number>> = {
  state: worseFirst,
  name: byName,
  class: (a, b) => collator.compare(a.classTitle, b.classTitle) || byName(a, b),
  district: (a, b) => collator.compare(a.district ?? '', b.district ?? '') || byName(a, b),
  criticality: (a, b) => b.criticality - a.criticality || worseFirst(a, b),
  tickets: (a, b) => b.openTickets - a.openTickets || worseFirst(a, b),
}

/** All but the state: so that the count of each state can be shown on its button. */
export function matchesButState(asset: AssetSummary, filter: AssetFilter): boolean {
  if (filter.class !== undefined && asset.class !== filter.class) return false
  if (filter.district !== undefined && asset.district !== filter.district) return false
  const text = filter.text.trim().toLowerCase()
  return text === '' || score(text, [asset.id, asset.name, asset.classTitle, asset.district ?? '']) > 0
}

export function arrange(assets: readonly AssetSummary[], filter: AssetFilter): readonly AssetSummary[] {
  const kept = assets.filter(
    (asset) => (filter.state === undefined || asset.state === filter.state) && matchesButState(asset, filter),
  )
  const order = orders[filter.sort]
  return kept.sort((a, b) => (filter.descending ? order(b, a) : order(a, b)))
}

export function countByState(
  assets: readonly AssetSummary[],
  filter: AssetFilter,
): Readonly<Record<AssetState, number>> {
  const counts = { action: 0, warning: 0, silent: 0, normal: 0 }
  for (const asset of assets) if (matchesButState(asset, filter)) counts[asset.state] += 1
  return counts
}
