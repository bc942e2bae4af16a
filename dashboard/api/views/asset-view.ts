import type { Asset, AssetClass, QuantityDefinition, Sensor } from '../../../city/index.ts'
import type { Reading } from '../../../ingest/index.ts'
import { assetStateOf } from '../../live/asset-state.ts'
import type { Parts } from '../parts.ts'
import type { AssetSummary, ClassView, RelationView, SensorView } from '../schema.ts'
import { isoOf } from './iso.ts'

type Known = Pick<Parts, 'registry' | 'engine' | 'tickets'>

export function assetSummaryOf(asset: Asset, { registry, engine, tickets }: Known): AssetSummary {
  const { latitude, longitude, address } = asset.place
  return {
    id: asset.id,
    name: asset.name,
    class: asset.class,
    classTitle: registry.class(asset.class)?.title ?? asset.class,
    criticality: asset.criticality,
    district: asset.district ?? null,
    place: { latitude, longitude, ...(address === undefined ? {} : { address }) },
    state: assetStateOf(engine.alarmsOf(asset.id)),
    openTickets: tickets.openByAsset().get(asset.id) ?? 0,
  }
}

/** Its own relations first, then those that others have to it. */
export function relationsOf(asset: Asset, { registry, engine }: Known): RelationView[] {
  const view = (kind: RelationView['kind'], direction: RelationView['direction'], other: string): RelationView => ({
    kind,
    direction,
    asset: other,
    name: registry.asset(other)?.name ?? other,
    state: assetStateOf(engine.alarmsOf(other)),
  })
  const outgoing = asset.relations.map((relation) => view(relation.kind, 'out', relation.asset))
  const incoming = registry
    .assets()
    .flatMap((other) =>
      other.relations.filter(({ asset: to }) => to === asset.id).map(({ kind }) => view(kind, 'in', other.id)),
    )
  return [...outgoing, ...incoming]
}

export function sensorViewOf(sensor: Sensor, latest: Reading | undefined, { engine }: Known): SensorView {
  const { id, title, unit, decimals, range, expectedIntervalMs } = sensor.quantity
  return {
    id: sensor.id,
    quantity: id,
    title,
    unit,
    decimals,
    range: { min: range.min, max: range.max },
    expectedIntervalSeconds: expectedIntervalMs / 1_000,
    latest:
      latest === undefined
        ? null
        : { value: latest.value, observedAt: isoOf(latest.observedAt), quality: latest.quality },
    limits: engine.limitsOf(sensor.id).map(({ rule, level, direction, value }) => ({
      rule: rule.id,
      level,
      direction,
      value,
      title: rule.title,
    })),
  }
}

export function classViewOf(assetClass: AssetClass): ClassView {
  return {
    id: assetClass.id,
    title: assetClass.title,
    plural: assetClass.plural,
    quantities: assetClass.quantities.map(quantityViewOf),
    failureModes: assetClass.failureModes.map((mode) => ({
      id: mode.id,
      title: mode.title,
      skill: mode.skill,
      jobPlan: [...mode.jobPlan],
      causes: [...mode.causes],
      remedies: [...mode.remedies],
    })),
  }
}

function quantityViewOf(quantity: QuantityDefinition): ClassView['quantities'][number] {
  const { id, title, unit, range, expectedIntervalMs, decimals } = quantity
  return { id, title, unit, range: { ...range }, expectedIntervalSeconds: expectedIntervalMs / 1_000, decimals }
}
