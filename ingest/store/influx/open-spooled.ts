import { existsSync } from 'node:fs'
import type { Logger } from 'pino'
import { Refusal } from '../../../city/index.ts'
import type { ReadingStore } from '../reading-store.ts'
import { openSpool } from '../spool/open.ts'
import type { SpoolOptions } from '../spool/spool-store.ts'
import { within } from '../spool/within.ts'
import type { InfluxOptions } from './connection.ts'
import { openInfluxStore } from './open.ts'
import { LaterInfluxStore } from './open-later.ts'

export type SpooledInfluxOptions = InfluxOptions & {
  readonly spool: Omit<SpoolOptions, 'inner' | 'log'>
  /** A server that was there before and does not answer for so long at the start is taken to be away. */
  readonly answerWithinMs?: number
  readonly log: Logger
}

// It answers in milliseconds; devices are kept waiting for no longer than this.
const answerWithinMsDefault = 2_000

/**
 * InfluxDB with a spool in front of it. At the first start the server must answer, so that a mistake in the settings is
 * seen at once; once there is a spool, we start without it as well and keep what comes in the spool.
 */
export async function openSpooledInflux({
  spool,
  answerWithinMs = answerWithinMsDefault,
  log,
  ...influx
}: SpooledInfluxOptions): Promise<ReadingStore> {
  const inner = existsSync(spool.path)
    ? await openNowOrLater({ ...influx, log }, answerWithinMs)
    : await openInfluxStore({ ...influx, log })
  try {
    return await openSpool({ ...spool, inner, log })
  } catch (error) {
    await inner.close()
    throw error
  }
}

async function openNowOrLater(
  options: InfluxOptions & { readonly log: Logger },
  answerWithinMs: number,
): Promise<ReadingStore> {
  const opening = openInfluxStore(options)
  try {
    const opened = await within(answerWithinMs, opening)
    if (opened !== undefined) return opened
    opening.then((late) => late.close()).catch(() => {})
    options.log.warn('InfluxDB does not answer; readings are kept in the spool until it does')
  } catch (error) {
    if (!(error instanceof Refusal && error.code === 'INFLUX_UNREACHABLE')) throw error
    options.log.warn({ err: error }, 'InfluxDB is away; readings are kept in the spool until it is back')
  }
  return new LaterInfluxStore(options)
}
