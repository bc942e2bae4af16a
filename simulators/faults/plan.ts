import type { Asset, AssetId, Instant } from '../../city/index.ts'
import type { SimulatedTown } from '../town.ts'
import { assetsOfClass } from '../town.ts'
import { dayMs, hourMs, minuteMs } from '../world/calendar.ts'
import { between, chance, streamOf } from '../world/chance.ts'
import type { Fault } from './fault.ts'
import { shareAt } from './fault.ts'
import type { FaultKind } from './kinds.ts'
import { faultKind, faultKinds } from './kinds.ts'

/** A fault so placed in time that it has come to `severity` at a moment relative to the start of the live town. */
type Staged = {
  readonly class: string
  readonly kind: string
  readonly severity: number
  readonly afterStartMs: number
  /** Development time; drawn from the kind's own range when absent. */
  readonly hours?: number
}

/**
 * The demonstration: what is already broken when somebody first looks (some past the warning limit, some past the action
 * limit), and what breaks before their eyes. Severities were chosen against the library's limits.
 */
const stage: readonly Staged[] = [
  { class: 'drinking-water-pump', kind: 'bearing-wear', severity: 0.86, afterStartMs: 0, hours: 150 },
  { class: 'pressure-zone', kind: 'leak', severity: 0.72, afterStartMs: 0, hours: 200 },
  { class: 'sewer-chamber', kind: 'blockage', severity: 0.8, afterStartMs: 0, hours: 44 },
  { class: 'streetlight-circuit', kind: 'lamp-failure', severity: 0.5, afterStartMs: 0, hours: 240 },
  { class: 'bridge', kind: 'scour', severity: 0.66, afterStartMs: 0, hours: 130 },
  { class: 'transformer', kind: 'oil-leak', severity: 0.62, afterStartMs: 0, hours: 190 },
  { class: 'lift', kind: 'door-wear', severity: 0.48, afterStartMs: 0, hours: 170 },
  { class: 'air-quality-station', kind: 'sampling-pump', severity: 0.7, afterStartMs: 0, hours: 110 },
  { class: 'escalator', kind: 'handrail-wear', severity: 0.45, afterStartMs: 0, hours: 120 },
  { class: 'gateway', kind: 'power-supply', severity: 0.87, afterStartMs: 0, hours: 60 },
  { class: 'lift-station', kind: 'pump-blockage', severity: 0.41, afterStartMs: 2 * minuteMs, hours: 1.5 },
  { class: 'pressure-zone', kind: 'burst', severity: 0.35, afterStartMs: -13 * minuteMs, hours: 0.9 },
  { class: 'drinking-water-pump', kind: 'seal-leak', severity: 0.5, afterStartMs: 25 * minuteMs, hours: 2 },
  { class: 'streetlight-circuit', kind: 'supply-fault', severity: 0.45, afterStartMs: 40 * minuteMs, hours: 6 },
  { class: 'lift', kind: 'guide-wear', severity: 0.4, afterStartMs: 70 * minuteMs, hours: 130 },
  { class: 'transformer', kind: 'overheating', severity: 0.6, afterStartMs: 2 * hourMs, hours: 90 },
  { class: 'public-building', kind: 'heating-failure', severity: 0.85, afterStartMs: 3 * hourMs, hours: 30 },
  { class: 'drinking-water-pump', kind: 'impeller-wear', severity: 0.6, afterStartMs: 5 * hourMs, hours: 280 },
  { class: 'bridge', kind: 'settlement', severity: 0.5, afterStartMs: 9 * hourMs, hours: 200 },
  // Past no limit yet, and foreseen.
  { class: 'sewer-chamber', kind: 'battery-low', severity: 0.3, afterStartMs: 0, hours: 240 },
]

export function faultOn(asset: Asset, kind: FaultKind, onsetAt: Instant, hours: number): Fault {
  return {
    kind: kind.kind,
    asset: asset.id,
    failureMode: kind.failureMode,
    shape: kind.shape,
    onsetAt: Math.round(onsetAt),
    functionalFailureAt: Math.round(onsetAt + hours * hourMs),
  }
}

/** The assets that some device of the town reports for. */
function reported(town: SimulatedTown): ReadonlySet<AssetId> {
  return new Set(town.devices.flatMap((device) => device.assets))
}

function candidates(town: SimulatedTown, kind: FaultKind, taken: ReadonlySet<AssetId>): readonly Asset[] {
  const heard = reported(town)
  return assetsOfClass(town, kind.class).filter(
    (asset) => heard.has(asset.id) && !taken.has(asset.id) && (asset.quantities?.includes(kind.shownBy) ?? true),
  )
}

/** The demonstration's faults around the moment the town goes live, each on an asset of its own. */
export function stagedFaults(town: SimulatedTown, seed: number, liveAt: Instant): readonly Fault[] {
  const taken = new Set<AssetId>()
  const faults: Fault[] = []
  stage.forEach((staged, index) => {
    const kind = faultKind(staged.class, staged.kind)
    if (kind === undefined) return
    const free = candidates(town, kind, taken)
    const asset = free[Math.floor(chance(seed, streamOf('fault/asset'), index) * free.length)]
    if (asset === undefined) return
    const drawn = between(kind.hours.min, kind.hours.max, seed, streamOf('fault/hours'), index)
    const hours = staged.hours ?? drawn
    const onsetAt = liveAt + staged.afterStartMs - shareAt(kind.shape, staged.severity) * hours * hourMs
    taken.add(asset.id)
    faults.push(faultOn(asset, kind, onsetAt, hours))
  })
  return faults
}

export type RandomFaults = {
  readonly from: Instant
  readonly to: Instant
  readonly perDay: number
  /** Assets that are to stay whole, or are broken already. */
  readonly spared: ReadonlySet<AssetId>
}

/** Faults of all kinds, evenly over a span, at most one on an asset. */
export function randomFaults(town: SimulatedTown, seed: number, options: RandomFaults): readonly Fault[] {
  const taken = new Set(options.spared)
  const faults: Fault[] = []
  const count = Math.floor(((options.to - options.from) / dayMs) * options.perDay)
  for (let index = 0; index < count; index += 1) {
    const kind = faultKinds[Math.floor(chance(seed, streamOf('random-fault/kind'), index) * faultKinds.length)]
    if (kind === undefined) continue
    const free = candidates(town, kind, taken)
    const asset = free[Math.floor(chance(seed, streamOf('random-fault/asset'), index) * free.length)]
    if (asset === undefined) continue
    const spacing = (options.to - options.from) / count
    const onsetAt = options.from + spacing * (index + chance(seed, streamOf('random-fault/onset'), index))
    taken.add(asset.id)
    const hours = between(kind.hours.min, kind.hours.max, seed, streamOf('random-fault/hours'), index)
    faults.push(faultOn(asset, kind, onsetAt, hours))
  }
  return faults
}
