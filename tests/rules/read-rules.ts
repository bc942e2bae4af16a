import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AssetClass } from '../../city/index.ts'
import { type Rule, readRuleFiles } from '../../rules/index.ts'
import { temporaryFolder } from '../support/files.ts'

const folder = temporaryFolder()
let files = 0

/** Rules from their text, as a file of them would be read. */
export function readRules(text: string, classes: readonly AssetClass[]): readonly Rule[] {
  files++
  const path = join(folder, `rules-${files}.yaml`)
  writeFileSync(path, text)
  return readRuleFiles([path], classes)
}
