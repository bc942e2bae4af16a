import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { FileFaults, libraryClasses, readCityFile } from '../city/index.ts'
import { libraryRuleFiles, readRuleFiles } from '../rules/index.ts'
import type { Command } from './command.ts'

/** The rule files of a folder, by name, so that faults come in the same order every time. */
export function ruleFilesIn(folder: string | undefined): string[] {
  if (folder === undefined) return []
  return readdirSync(folder)
    .filter((file) => /\.ya?ml$/.test(file))
    .sort()
    .map((file) => join(folder, file))
}

export const check: Command = {
  name: 'check',
  summary: 'check city and rule files whole, and list every fault with its line',
  usage: 'check [CITY.yaml] [RULES.yaml …]',
  help: [
    'A file that has `rules:` at its top is read as rules, any other as a city.',
    'Without files: the configured rules.',
  ],
  async run({ words, configuration, print }) {
    const cities = words.filter((file) => !isRuleFile(file))
    const ruleFiles = words.filter(isRuleFile)
    const own = cities.flatMap((file) => readCityFile(file).classes)
    const ownIds = new Set(own.map(({ id }) => id))
    const classes = [...libraryClasses().filter(({ id }) => !ownIds.has(id)), ...own]
    if (words.length === 0) ruleFiles.push(...ruleFilesIn(configuration().rules))
    const rules = readRuleFiles([...libraryRuleFiles(), ...ruleFiles], classes)
    print(
      `no faults: ${cities.length} city files, ${ruleFiles.length} own rule files, ${rules.length} rules with the library`,
    )
    return 0
  },
}

function isRuleFile(file: string): boolean {
  const text = readText(file)
  return /^rules:/m.test(text)
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    throw new FileFaults([{ file, message: 'cannot be read: no such file, or no right to read it' }])
  }
}
