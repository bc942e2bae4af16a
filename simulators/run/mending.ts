import type { AssetId, Instant } from '../../city/index.ts'
import type { FaultBook } from '../faults/fault-book.ts'
import type { TroubleBook } from '../trouble/trouble-book.ts'

/**
 * A crew has done what a ticket says. It mends what the ticket names; where the ticket blames the wrong thing, the sensor
 * for the machine or the machine for the sensor, it mends what it finds. Returns how many things were mended.
 */
export function mend(
  broken: { readonly faults: FaultBook; readonly troubles: TroubleBook },
  asset: AssetId,
  failureMode: string,
  at: Instant,
): number {
  const { faults, troubles } = broken
  const machine = () => faults.repair(asset, failureMode, at).length
  const sensors = () => troubles.repair(asset, at).length
  return failureMode === 'sensor-fault' ? sensors() || machine() : machine() || sensors()
}
