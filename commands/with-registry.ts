import { type Database, openDatabase, Registry } from '../city/index.ts'
import type { Configuration } from './configuration.ts'
import { openDataFolder } from './data-folder.ts'
import { allMigrations } from './migrations.ts'

/** Opens the registry for one command of the command line, beside a running program if there is one, and closes it after. */
export async function withRegistry<Result>(
  configuration: Configuration,
  doing: (registry: Registry, database: Database) => Promise<Result>,
): Promise<Result> {
  const database = await openDatabase(openDataFolder(configuration).database, allMigrations)
  try {
    return await doing(await Registry.open(database, Date.now), database)
  } finally {
    await database.close()
  }
}
