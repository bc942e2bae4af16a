import { existsSync } from 'node:fs'
import { Refusal } from '../../../city/index.ts'
import type { ReadingStore } from '../reading-store.ts'
import { openSpool } from '../spool/open.ts'
import type { SpoolOptions } from '../spool/spool-store.ts'
import type { InfluxOptions } from './connection.ts'
import { openInfluxStore } from './open.ts'
import { LaterInfluxStore } from './open-later.ts'

export type SpooledInfluxOptions = InfluxOptions & { readonly spool: Omit<SpoolOptions, 'inner' | 'log'> } & Pick<
    SpoolOptions,
    'log'
  >

/**
 * InfluxDB with a spool in front of it. At the first start the server must answer, so that a mistake in the settings is
 * seen at once; once there is a spool, we start without it as well and keep what comes in the spool.
 */
export async function openSpooledInflux({ spool, log, ...influx }: SpooledInfluxOptions): Promise<ReadingStore> {
  const inner = await openNowOrLater({ ...influx, log }, existsSync(spool.path))
  try {
    return await openSpool({ ...spool, inner, log })
  } catch (error) {
    await inner.close()
    throw error
  }
}

async function openNowOrLater(
  options: InfluxOptions & Pick<SpoolOptions, 'log'>,
  wasThereBefore: boolean,
): Promise<ReadingStore> {
  try {
    return await openInfluxStore(options)
  } catch (error) {
    if (!(wasThereBefore && error instanceof Refusal && error.code === 'INFLUX_UNREACHABLE')) throw error
    options.log.warn({ err: error }, 'InfluxDB is away; readings are kept in the spool until it is back')
    return new LaterInfluxStore(options)
  }
}
