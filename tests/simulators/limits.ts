import type { AssetId, Instant } from '../../city/index.ts'

/**
 * What the library's rules watch for, written down a second time and by hand: the physics is held against these figures,
 * not against the code that judges them in the product.
 */
export type Limit = {
  readonly class: string
  readonly mode: string
  readonly quantity: string
  /** `rises`, `falls`: units an hour by least squares over the window; `moves`: span of the window. */
  readonly is: 'above' | 'below' | 'rises' | 'falls' | 'moves less than'
  readonly warning: number
  readonly forMinutes: number
  readonly overMinutes?: number
}

function limit(assetClass: string, text: string): Limit {
  const [quantity = '', is = '', warning = '', minutes = '', mode = '', over] = text.split(' ')
  const plain: Limit = {
    class: assetClass,
    mode,
    quantity,
    is: is === 'moves' ? 'moves less than' : (is as Limit['is']),
    warning: Number(warning),
    forMinutes: Number(minutes),
  }
  return over === undefined ? plain : { ...plain, overMinutes: Number(over) }
}

const texts: Readonly<Record<string, string>> = {
  'drinking-water-pump':
    'vibration above 4.5 10 bearing-wear|bearing-temperature above 75 15 bearing-wear|pressure below 4.4 60 impeller-wear|pressure falls 0.8 10 seal-leak 60',
  reservoir:
    'level above 10.8 15 level-control|level below 3 15 level-control|level falls 0.9 10 level-control 60|chlorine below 0.25 30 low-disinfectant',
  'pressure-zone':
    'night-flow above 55 180 leak|inflow above 450 30 leak|pressure below 2.4 10 low-pressure|pressure falls 1.5 5 leak 30',
  'sewer-chamber': 'level above 1.5 15 blockage|flow below 1 180 blockage|battery below 3.3 360 battery-low',
  'lift-station':
    'level above 2.6 5 high-level|pump-current above 36 2 pump-blockage|power above 25 2 pump-blockage|starts-per-hour above 12 60 pump-wear|pump-current above 5 240 pump-wear',
  bridge:
    'tilt above 3 60 settlement|tilt below -3 60 settlement|strain above 450 60 settlement|scour-depth above 1.6 60 scour|scour-depth rises 0.15 30 scour 180|joint-gap moves 0.5 1 joint-seizure 2160|joint-gap above 80 60 joint-seizure|joint-gap below 12 60 joint-seizure',
  'streetlight-circuit':
    'lamps-out above 2 120 lamp-failure|power above 0.5 1080 control-failure|power below 0.5 1200 control-failure|voltage below 212 15 supply-fault|voltage above 248 15 supply-fault',
  'road-weather-station':
    'supply-voltage below 11.8 60 power-supply|supply-voltage above 15.2 60 power-supply|rain above 0.1 1440 gauge-blocked',
  lift: 'door-time above 4.2 60 door-wear|motor-temperature above 85 15 drive-overheating|vibration above 3 60 guide-wear',
  escalator:
    'handrail-slip above 2.5 15 handrail-wear|motor-temperature above 90 15 drive-overheating|vibration above 4 60 step-chain-wear',
  'air-quality-station': 'sample-flow below 0.9 30 sampling-pump|cabinet-temperature above 33 30 cabinet-cooling',
  transformer:
    'oil-temperature above 85 15 overheating|hydrogen above 150 240 insulation|oil-level below 60 60 oil-leak',
  'public-building':
    'room-temperature below 16 120 heating-failure|supply-temperature above 85 15 heating-failure|co2 above 1400 30 ventilation-failure|water-flow above 60 1200 water-leak|water-flow above 4000 30 water-leak',
  gateway: 'supply-voltage below 11.6 30 power-supply|signal below -106 60 radio-fault|queue above 300 15 radio-fault',
}

export const limits: readonly Limit[] = Object.entries(texts).flatMap(([assetClass, text]) =>
  text.split('|').map((one) => limit(assetClass, one)),
)

export type Crossing = { readonly asset: AssetId; readonly limit: Limit; readonly at: Instant }
type Point = { readonly at: Instant; readonly value: number }

function slopePerHour(points: readonly Point[]): number {
  const middleAt = ((points[0]?.at ?? 0) + (points.at(-1)?.at ?? 0)) / 2
  let sums = 0
  let across = 0
  let along = 0
  let mean = 0
  for (const { at, value } of points) {
    const hours = (at - middleAt) / 3_600_000
    mean += value / points.length
    sums += hours
    across += hours * value
    along += hours * hours
  }
  const spread = along - (sums * sums) / points.length
  return spread === 0 ? 0 : (across - sums * mean) / spread
}

function holds(limit: Limit, points: readonly Point[], value: number): boolean {
  if (limit.is === 'above') return value > limit.warning
  if (limit.is === 'below') return value < limit.warning
  const full = (points.at(-1)?.at ?? 0) - (points[0]?.at ?? 0) >= (limit.overMinutes ?? 0) * 60_000 * 0.9
  if (!full) return false
  if (limit.is === 'moves less than') {
    const values = points.map((point) => point.value)
    return Math.max(...values) - Math.min(...values) < limit.warning
  }
  const slope = slopePerHour(points)
  return limit.is === 'rises' ? slope > limit.warning : -slope > limit.warning
}

/** Watches every limit of one asset, value by value. */
export class Watch {
  readonly crossings: Crossing[] = []
  readonly #asset: AssetId
  readonly #states: { readonly limit: Limit; since: Instant | undefined; said: boolean; points: Point[] }[]

  constructor(asset: AssetId, assetClass: string) {
    this.#asset = asset
    this.#states = limits
      .filter((limit) => limit.class === assetClass)
      .map((limit) => ({ limit, since: undefined, said: false, points: [] }))
  }

  see(values: Readonly<Record<string, number>>, at: Instant): void {
    for (const state of this.#states) {
      const value = values[state.limit.quantity]
      if (value === undefined || state.said) continue
      const over = (state.limit.overMinutes ?? 0) * 60_000
      if (over > 0) {
        // Every third minute is enough to see a slope by, and a third of the work.
        if (at - (state.points.at(-1)?.at ?? 0) < 180_000) continue
        state.points.push({ at, value })
        while ((state.points[0]?.at ?? at) < at - over) state.points.shift()
      }
      if (!holds(state.limit, state.points, value)) state.since = undefined
      else state.since ??= at
      if (state.since === undefined || at - state.since < state.limit.forMinutes * 60_000) continue
      state.said = true
      this.crossings.push({ asset: this.#asset, limit: state.limit, at })
    }
  }
}
