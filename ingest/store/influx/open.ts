import type { Logger } from 'pino'
import { Refusal } from '../../../city/index.ts'
import type { ReadingStore } from '../reading-store.ts'
import { describe, InfluxConnection, type InfluxOptions, statusOf } from './connection.ts'
import { InfluxStore } from './influx-store.ts'
import { createDatabaseStatement } from './influxql.ts'

/** Opens the store on a server that answers, knows us and has the place to write to; else a Refusal says what to do. */
export async function openInfluxStore(options: InfluxOptions & { readonly log: Logger }): Promise<ReadingStore> {
  const connection = connect(options)
  await checkReachable(connection)
  await checkWritable(connection)
  await checkReadable(connection)
  return new InfluxStore(connection, options.log)
}

function connect(options: InfluxOptions): InfluxConnection {
  try {
    return new InfluxConnection(options)
  } catch (error) {
    throw new Refusal(
      'INFLUX_UNREACHABLE',
      `LENGTHSMAN_INFLUX_URL ${options.url} is not an address of InfluxDB (${describe(error)}): expected one like http://localhost:8086`,
      error,
    )
  }
}

async function checkReachable(connection: InfluxConnection): Promise<void> {
  try {
    await connection.ping()
  } catch (error) {
    if (isUnauthorized(error)) throw unauthorized(connection, error)
    throw new Refusal(
      'INFLUX_UNREACHABLE',
      `InfluxDB does not answer at ${connection.url} (${describe(error)}): start it, or correct LENGTHSMAN_INFLUX_URL`,
      error,
    )
  }
}

/** Writes nothing, and learns from the answer which write path the server has and whether the place exists. */
async function checkWritable(connection: InfluxConnection): Promise<void> {
  let outcome = await tryWrite(connection)
  if (outcome === 'no such path') {
    connection.useVersion1()
    outcome = await tryWrite(connection)
  }
  if (outcome === 'writable') return
  await createDatabase(connection)
  if ((await tryWrite(connection)) !== 'writable') throw placeMissing(connection)
}

async function tryWrite(connection: InfluxConnection): Promise<'writable' | 'no such path' | 'no database'> {
  try {
    await connection.write('')
    return 'writable'
  } catch (error) {
    if (isUnauthorized(error)) throw unauthorized(connection, error)
    // "Writing requires points": it would have taken some.
    if (statusOf(error) === 400) return 'writable'
    if (statusOf(error) !== 404) throw troubled(connection, error)
    return /page not found/i.test(describe(error)) ? 'no such path' : 'no database'
  }
}

async function checkReadable(connection: InfluxConnection): Promise<void> {
  try {
    await connection.query('SELECT "value" FROM "reading" LIMIT 1')
  } catch (error) {
    if (isUnauthorized(error)) throw unauthorized(connection, error)
    if (!/not found|unable to find/i.test(describe(error))) throw troubled(connection, error)
    await createDatabase(connection)
  }
}

/** InfluxDB 1 has it made. The others do not know the statement, and a person has to make the bucket. */
async function createDatabase(connection: InfluxConnection): Promise<void> {
  try {
    await connection.query(createDatabaseStatement(connection.database))
  } catch (error) {
    throw placeMissing(connection, error)
  }
}

function isUnauthorized(error: unknown): boolean {
  const status = statusOf(error)
  return status === 401 || status === 403
}

function unauthorized({ url }: InfluxConnection, error: unknown): Refusal {
  return new Refusal(
    'INFLUX_UNAUTHORIZED',
    `InfluxDB at ${url} does not let us in (${describe(error)}): check LENGTHSMAN_INFLUX_TOKEN, or for InfluxDB 1 LENGTHSMAN_INFLUX_USER and LENGTHSMAN_INFLUX_PASSWORD`,
    error,
  )
}

function placeMissing({ url, bucket, database, org }: InfluxConnection, error?: unknown): Refusal {
  return new Refusal(
    'INFLUX_BUCKET_MISSING',
    `InfluxDB at ${url} has no bucket ${JSON.stringify(bucket)} in organisation ${JSON.stringify(org)} that we may use: make it with "influx bucket create --name ${bucket} --org ${org}" (InfluxDB 1: CREATE DATABASE "${database}"), or correct LENGTHSMAN_INFLUX_BUCKET and LENGTHSMAN_INFLUX_ORG`,
    error,
  )
}

function troubled({ url }: InfluxConnection, error: unknown): Refusal {
  return new Refusal(
    'INFLUX_UNREACHABLE',
    `InfluxDB at ${url} (LENGTHSMAN_INFLUX_URL) answers, but not as expected: ${describe(error)}`,
    error,
  )
}
