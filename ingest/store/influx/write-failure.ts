import { ReadingsRefused, type StoreUnavailable } from '../reading-store.ts'
import { describe, type InfluxConnection, statusOf } from './connection.ts'

/** What is to be done about a write that failed: thrown, split, or left at that. */
export type WriteFailure = StoreUnavailable | ReadingsRefused | 'too large' | 'older than it is kept'

/**
 * Tells apart what passes (no answer, 429, 5xx), what a person has to put right in the settings or on the server (401,
 * 403, 404: no reading is to blame), and what is wrong with the readings themselves (400, 422).
 */
export function writeFailure(connection: InfluxConnection, count: number, error: unknown): WriteFailure {
  const said = describe(error)
  const { url, bucket, database } = connection
  // The server keeps readings for a set time, and these are older. They are the only ones of the request it left out.
  if (/beyond retention policy/i.test(said)) return 'older than it is kept'
  switch (statusOf(error)) {
    case 401:
    case 403:
      return connection.unavailable(
        `not let in (check LENGTHSMAN_INFLUX_TOKEN, or LENGTHSMAN_INFLUX_USER and LENGTHSMAN_INFLUX_PASSWORD); cannot write ${count} readings to`,
        error,
      )
    case 404:
      return connection.unavailable(
        `there is no bucket or database ${JSON.stringify(bucket === database ? bucket : `${bucket} / ${database}`)} (make it, or check LENGTHSMAN_INFLUX_BUCKET or LENGTHSMAN_INFLUX_DATABASE); cannot write ${count} readings to`,
        error,
      )
    case 413:
      return count > 1 ? 'too large' : refused(url, said, true, error)
    case 400:
    case 422:
      return refused(url, said, Number(/dropped=(\d+)/.exec(said)?.[1] ?? 0) >= count, error)
    default:
      return connection.unavailable(`cannot write ${count} readings to`, error)
  }
}

function refused(url: string, said: string, all: boolean, cause: unknown): ReadingsRefused {
  return new ReadingsRefused(`InfluxDB at ${url} does not take it: ${said}`, { all, cause })
}
