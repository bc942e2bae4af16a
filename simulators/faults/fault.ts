import type { AssetId, Instant } from '../../city/index.ts'

/** How a fault grows from nothing (0) to functional failure (1). */
export const faultShapes = ['exponential', 'linear', 'steps'] as const
export type FaultShape = (typeof faultShapes)[number]

/** Something that breaks, with the truth about it. */
export type Fault = {
  /** The kind of damage (see faultKinds): `burst` and `leak` are both the failure mode `leak`. */
  readonly kind: string
  readonly asset: AssetId
  readonly failureMode: string
  readonly shape: FaultShape
  readonly onsetAt: Instant
  /** From here on the asset no longer does its work. */
  readonly functionalFailureAt: Instant
  readonly repairedAt?: Instant
}

// Wear feeds on itself: with 3 the last third of the life brings two thirds of the damage.
const growth = 3
const steps = 6
// After functional failure things get a little worse, then nothing is left to break.
const severityMax = 1.3

/** Severity after a share of the development time. */
export function severityAfter(shape: FaultShape, share: number): number {
  if (share <= 0) return 0
  if (shape === 'linear') return Math.min(severityMax, share)
  if (shape === 'steps') return Math.min(severityMax, Math.floor(share * steps + 1) / (steps + 1))
  return Math.min(severityMax, (Math.exp(growth * share) - 1) / (Math.exp(growth) - 1))
}

/** The share of the development time after which a severity is reached. */
export function shareAt(shape: FaultShape, severity: number): number {
  if (shape === 'exponential') return Math.log(1 + severity * (Math.exp(growth) - 1)) / growth
  if (shape === 'steps') return Math.max(0, Math.ceil(severity * (steps + 1)) - 1) / steps
  return severity
}

export function severityAt(fault: Fault, at: Instant): number {
  if (at <= fault.onsetAt || (fault.repairedAt !== undefined && at >= fault.repairedAt)) return 0
  return severityAfter(fault.shape, (at - fault.onsetAt) / (fault.functionalFailureAt - fault.onsetAt))
}
