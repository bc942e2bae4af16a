import type { SensorView } from '../data/types.ts'

type Limit = SensorView['limits'][number]

const isBeyond = (value: number, limit: Limit): boolean =>
  limit.direction === 'above' ? value > limit.value : value < limit.value

/** The worst limit that a value is past: action before warning. */
export function worstBeyond(value: number, limits: readonly Limit[]): Limit | undefined {
  const past = limits.filter((limit) => isBeyond(value, limit))
  return past.find((limit) => limit.level === 'action') ?? past[0]
}

/** Several rules may hold a sensor against the same limit; it is drawn once. */
export function distinctLimits(limits: readonly Limit[]): readonly Limit[] {
  const seen = new Map(limits.map((limit) => [`${limit.level} ${limit.direction} ${limit.value}`, limit]))
  return [...seen.values()]
}
