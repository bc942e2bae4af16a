import type { Instant } from '../../city/index.ts'
import type { SensorTrouble } from '../trouble/sensor-trouble.ts'
import type { Fault } from './fault.ts'

/** What really broke and when; never seen by the product, only by who scores it. */
export type Truth = {
  readonly seed: number
  readonly faults: readonly {
    readonly asset: string
    readonly failureMode: string
    readonly kind: string
    readonly onsetAt: string
    readonly functionalFailureAt: string
    readonly repairedAt?: string
  }[]
  readonly sensorFaults: readonly {
    readonly sensor: string
    readonly kind: string
    readonly fromAt: string
    readonly toAt: string
  }[]
}

function iso(at: Instant): string {
  return new Date(at).toISOString()
}

/** All that is planned is written, what lies ahead as well: who scores takes what lies in the time looked at. */
export function truthOf(seed: number, faults: readonly Fault[], troubles: readonly SensorTrouble[]): Truth {
  return {
    seed,
    faults: faults.map(({ asset, failureMode, kind, onsetAt, functionalFailureAt, repairedAt }) => ({
      asset,
      failureMode,
      kind,
      onsetAt: iso(onsetAt),
      functionalFailureAt: iso(functionalFailureAt),
      ...(repairedAt === undefined ? {} : { repairedAt: iso(repairedAt) }),
    })),
    sensorFaults: troubles.map(({ sensor, kind, fromAt, toAt, repairedAt }) => ({
      sensor,
      kind,
      fromAt: iso(fromAt),
      toAt: iso(repairedAt ?? toAt),
    })),
  }
}
