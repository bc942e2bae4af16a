import type { AssetId, Instant, Registry } from '../city/index.ts'
import type { ReadingStore, Series } from '../ingest/index.ts'
import type { RuleEngine } from '../rules/index.ts'
import type { EvidenceSeries } from '../tickets/index.ts'

/** As many points as a ticket's chart can show on a wide screen. */
const evidencePoints = 600

/** How tickets get at the readings they freeze: every sensor of the asset, with the limits it was held against. */
export function evidenceFrom(parts: {
  readonly store: ReadingStore
  readonly registry: Registry
  readonly engine: RuleEngine
}): (asset: AssetId, from: Instant, to: Instant) => Promise<readonly EvidenceSeries[]> {
  const { store, registry, engine } = parts
  return (asset, from, to) =>
    Promise.all(
      registry.sensorsOf(asset).map(async ({ id, quantity }) => ({
        sensor: id,
        title: quantity.title,
        unit: quantity.unit,
        ...columns(await store.series({ sensor: id, from, to, points: evidencePoints })),
        limits: engine.limitsOf(id).map(({ level, value, direction }) => ({ level, value, direction })),
      })),
    )
}

function columns(series: Series): Pick<EvidenceSeries, 'at' | 'min' | 'max' | 'mean'> {
  if (series.kind === 'buckets') return { at: series.at, min: series.min, max: series.max, mean: series.mean }
  return { at: series.at, min: series.value, max: series.value, mean: series.value }
}
