import type { ReadingStore } from '../reading-store.ts'
import { encode } from './encoding.ts'
import { SpoolFile } from './spool-file.ts'
import { type SpoolOptions, SpoolStore } from './spool-store.ts'

/**
 * Opens the spool in front of `inner`; what was left in it is handed on at once, what inner once did not take is tried
 * again. @throws Refusal when the file cannot be used
 */
export async function openSpool(options: SpoolOptions): Promise<ReadingStore> {
  const file = SpoolFile.open(options.path)
  const again = file.aside.giveBack((readings) => file.put(readings, encode(readings)))
  if (again > 0 || file.batches > 0)
    options.log.info(
      { batches: file.batches, readings: file.readings },
      'readings wait in the spool since the last stop; they are sent on now',
    )
  return new SpoolStore(options, file)
}
