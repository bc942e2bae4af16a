import type { AssetId, Instant } from '../../city/index.ts'
import type { Measured, SimulatedTown } from '../town.ts'
import { measuredIn } from '../town.ts'
import { dayMs, hourMs, minuteMs } from '../world/calendar.ts'
import { between, chance, streamOf } from '../world/chance.ts'
import type { SensorTrouble, SensorTroubleKind } from './sensor-trouble.ts'

type Staged = {
  readonly class: string
  readonly quantity: string
  readonly kind: SensorTroubleKind
  readonly fromMs: number
  readonly toMs: number
}

/** What the demonstration starts with: a handful, so that sensor tickets are seen and do not crowd out the rest. */
const stage: readonly Staged[] = [
  { class: 'public-building', quantity: 'room-temperature', kind: 'stuck', fromMs: -9 * hourMs, toMs: 3 * dayMs },
  { class: 'air-quality-station', quantity: 'ozone', kind: 'silent', fromMs: -2 * hourMs, toMs: 2 * dayMs },
  { class: 'road-weather-station', quantity: 'humidity', kind: 'drift', fromMs: -4 * dayMs, toMs: 6 * dayMs },
  { class: 'bridge', quantity: 'deck-temperature', kind: 'spikes', fromMs: -2 * dayMs, toMs: 1 * dayMs },
  { class: 'road-weather-station', quantity: 'humidity', kind: 'clock-skew', fromMs: 20 * minuteMs, toMs: hourMs },
]

// A clock more than five minutes ahead is named by the product; this one is.
const skewMs = 9 * minuteMs

/** Sensors of one class and quantity on assets that nothing else is wrong with. */
function candidates(
  town: SimulatedTown,
  wanted: (measured: Measured, assetClass: string) => boolean,
  spared: ReadonlySet<AssetId>,
): readonly Measured[] {
  const heard = new Set(town.devices.flatMap((device) => device.assets))
  const measured = measuredIn(town)
  return town.assets
    .filter((asset) => heard.has(asset.id) && !spared.has(asset.id))
    .flatMap((asset) => (measured.get(asset.id) ?? []).filter((one) => wanted(one, asset.class)))
}

export function stagedTroubles(
  town: SimulatedTown,
  seed: number,
  liveAt: Instant,
  spared: ReadonlySet<AssetId>,
): readonly SensorTrouble[] {
  const taken = new Set(spared)
  return stage.flatMap((staged, index) => {
    const free = candidates(town, (one, its) => its === staged.class && one.quantity === staged.quantity, taken)
    const chosen = free[Math.floor(chance(seed, streamOf('trouble/sensor'), index) * free.length)]
    if (chosen === undefined) return []
    taken.add(chosen.asset)
    const span = { fromAt: Math.round(liveAt + staged.fromMs), toAt: Math.round(liveAt + staged.toMs) }
    if (staged.kind === 'clock-skew') return skewedClock(town, chosen.asset, span)
    return [{ sensor: `${chosen.asset}/${chosen.quantity}`, kind: staged.kind, ...span }]
  })
}

/** A wrong clock is wrong for everything its device reports on the asset. */
function skewedClock(
  town: SimulatedTown,
  asset: AssetId,
  span: { readonly fromAt: Instant; readonly toAt: Instant },
): readonly SensorTrouble[] {
  const sensors = measuredIn(town).get(asset) ?? []
  return sensors.map((one) => {
    return { sensor: `${asset}/${one.quantity}`, kind: 'clock-skew', ...span, aheadMs: skewMs }
  })
}

export type RandomTroubles = {
  readonly from: Instant
  readonly to: Instant
  readonly perDay: number
  readonly spared: ReadonlySet<AssetId>
  /** What may happen; what can happen to one sensor alone, when absent. */
  readonly kinds?: readonly SensorTroubleKind[]
  /** How long it lasts if nobody comes; a day or two when absent. */
  readonly hours?: { readonly min: number; readonly max: number }
}

const randomKinds: readonly SensorTroubleKind[] = ['stuck', 'silent', 'drift', 'spikes']

const randomHours = { min: 18, max: 60 }

/** Sensor troubles anywhere, evenly over a span; each ends by itself in the end if nobody comes. */
export function randomTroubles(town: SimulatedTown, seed: number, options: RandomTroubles): readonly SensorTrouble[] {
  const { from, to, perDay, spared, kinds = randomKinds, hours: within = randomHours } = options
  const free = candidates(town, (one) => one.decimals > 0, spared)
  const count = Math.floor(((to - from) / dayMs) * perDay)
  return Array.from({ length: count }, (_, index) => {
    const drawn = (name: string) => chance(seed, streamOf(`random-trouble/${name}`), index)
    const chosen = free[Math.floor(drawn('sensor') * free.length)]
    if (chosen === undefined) return []
    const kind = kinds[Math.floor(drawn('kind') * kinds.length)] ?? 'stuck'
    const fromAt = Math.round(from + ((to - from) / count) * (index + drawn('from')))
    const hours = between(within.min, within.max, seed, streamOf('random-trouble/hours'), index)
    const span = { fromAt, toAt: Math.round(fromAt + hours * hourMs) }
    if (kind === 'clock-skew') return skewedClock(town, chosen.asset, span)
    return [{ sensor: `${chosen.asset}/${chosen.quantity}`, kind, ...span }]
  }).flat()
}
