import { join } from 'node:path'
import type { Database, Registry } from '../city/index.ts'
import { libraryRuleFiles, RuleBook } from '../rules/index.ts'
import { ruleFilesIn } from './check.ts'
import type { Configuration } from './configuration.ts'
import type { DataFolder } from './data-folder.ts'

/** The rules in force: those that ship, the city's files, and what was changed on the pages, which is in the data folder. */
export function openRuleBook(
  configuration: Configuration,
  folder: Pick<DataFolder, 'path'>,
  registry: Pick<Registry, 'classes'>,
  database: Database,
): RuleBook {
  return RuleBook.open({
    database,
    libraryFiles: libraryRuleFiles(),
    cityFiles: ruleFilesIn(configuration.rules),
    folder: join(folder.path, 'rules'),
    classes: () => registry.classes(),
  })
}
