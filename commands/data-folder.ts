import { accessSync, constants, existsSync, mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { types } from 'node:util'
import { Refusal } from '../city/index.ts'
import type { Configuration } from './configuration.ts'

/** Where each thing that is kept lies. */
export type DataFolder = {
  readonly path: string
  readonly database: string
  readonly readings: string
  /** Readings that InfluxDB has not taken yet. */
  readonly spool: string
  readonly simulator: string
}

/**
 * The data folder of a program that has run: who only looks at the past makes none.
 * @throws Refusal when nothing was ever kept there
 */
export function keptDataFolder(configuration: Configuration): DataFolder {
  const path = resolve(configuration.data)
  if (existsSync(join(path, 'lengthsman.db'))) return openDataFolder(configuration)
  throw new Refusal(
    'DATA_MISSING',
    `nothing was kept in the data folder ${path} yet: set LENGTHSMAN_DATA to the folder that the program uses`,
  )
}

/**
 * Makes the data folder where it is missing.
 * @throws Refusal when it can not be made or written
 */
export function openDataFolder(configuration: Configuration): DataFolder {
  const path = resolve(configuration.data)
  try {
    mkdirSync(path, { recursive: true, mode: 0o750 })
    accessSync(path, constants.W_OK)
  } catch (error) {
    const cause = types.isNativeError(error) ? error.message.replace(/^E[A-Z]+: /, '') : String(error)
    throw new Refusal(
      'DATA_UNWRITABLE',
      `cannot write the data folder ${path} (${cause}): make it writable for this user, or set LENGTHSMAN_DATA to another folder`,
      error,
    )
  }
  return {
    path,
    database: join(path, 'lengthsman.db'),
    readings: join(path, 'readings.duckdb'),
    spool: join(path, 'spool.db'),
    simulator: join(path, 'simulator'),
  }
}
