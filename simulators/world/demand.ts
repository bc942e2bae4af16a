import type { LocalTime } from '../../city/index.ts'

/** One value for each hour of the day, joined smoothly; the day's mean is about 1 for the demands, shares are 0 to 1. */
type DayCurve = readonly number[]

const water: DayCurve = [
  0.3, 0.22, 0.18, 0.18, 0.22, 0.45, 0.95, 1.55, 1.7, 1.5, 1.35, 1.3, 1.35, 1.25, 1.15, 1.1, 1.15, 1.35, 1.6, 1.65, 1.4,
  1.05, 0.75, 0.48,
]
const waterWeekend: DayCurve = [
  0.36, 0.26, 0.2, 0.18, 0.2, 0.32, 0.55, 0.95, 1.4, 1.7, 1.7, 1.6, 1.5, 1.35, 1.25, 1.2, 1.2, 1.3, 1.5, 1.55, 1.35,
  1.1, 0.8, 0.52,
]
const electricity: DayCurve = [
  0.68, 0.62, 0.59, 0.58, 0.6, 0.68, 0.85, 1.02, 1.1, 1.13, 1.15, 1.18, 1.2, 1.15, 1.1, 1.08, 1.1, 1.2, 1.3, 1.32, 1.22,
  1.08, 0.92, 0.78,
]
const traffic: DayCurve = [
  0.06, 0.04, 0.03, 0.03, 0.06, 0.18, 0.45, 0.85, 1, 0.75, 0.62, 0.62, 0.66, 0.66, 0.7, 0.82, 0.98, 1, 0.8, 0.58, 0.42,
  0.32, 0.22, 0.12,
]
const offices: DayCurve = [
  0.01, 0.01, 0.01, 0.01, 0.01, 0.03, 0.15, 0.5, 0.85, 1, 1, 0.98, 0.8, 0.9, 1, 0.95, 0.85, 0.6, 0.35, 0.2, 0.12, 0.06,
  0.03, 0.02,
]
const travellers: DayCurve = [
  0.05, 0.02, 0.02, 0.02, 0.06, 0.25, 0.6, 0.95, 1, 0.7, 0.6, 0.65, 0.7, 0.68, 0.68, 0.8, 0.98, 1, 0.85, 0.65, 0.5,
  0.38, 0.25, 0.12,
]

function along(curve: DayCurve, hour: number): number {
  const step = Math.floor(hour) % 24
  const fraction = hour - Math.floor(hour)
  const eased = fraction * fraction * (3 - 2 * fraction)
  return (curve[step] ?? 0) * (1 - eased) + (curve[(step + 1) % 24] ?? 0) * eased
}

/** What people take and do at this moment, as a share of the mean (water, electricity) or of the busiest hour (the rest). */
export type Demand = {
  readonly water: number
  readonly electricity: number
  readonly traffic: number
  /** Share of the staff and pupils that are in public buildings. */
  readonly occupancy: number
  readonly travellers: number
}

export function demandAt(local: LocalTime, temperature: number): Demand {
  // Gardens are watered above 18 °C; electric heating starts below 14 °C, cooling above 23 °C.
  const gardens = 1 + 0.012 * Math.max(0, temperature - 18)
  const heating = 1 + 0.012 * Math.max(0, 14 - temperature) + 0.015 * Math.max(0, temperature - 23)
  return {
    water: along(local.weekend ? waterWeekend : water, local.hour) * gardens,
    electricity: along(electricity, local.hour) * heating * (local.weekend ? 0.87 : 1),
    traffic: along(traffic, local.hour) * (local.weekend ? 0.6 : 1),
    occupancy: along(offices, local.hour) * (local.weekend ? 0.12 : 1),
    travellers: along(travellers, local.hour) * (local.weekend ? 0.65 : 1),
  }
}
