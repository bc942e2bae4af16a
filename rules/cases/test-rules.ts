import type { AssetClass } from '../../city/index.ts'
import type { Rule } from '../rule.ts'
import type { Case, CaseResult } from './case.ts'
import { readCaseFile } from './case-file.ts'
import { runCase } from './run-case.ts'
import { standardCases } from './standard-cases.ts'

/** Plays every case of the files against the rules. Throws FileFaults when a file cannot be read. */
export function testRules(
  caseFiles: readonly string[],
  rules: readonly Rule[],
  classes: readonly AssetClass[],
): readonly CaseResult[] {
  return caseFiles.flatMap((file) => {
    const { cases, standard } = readCaseFile(file)
    const all: Case[] = [...cases, ...standard.flatMap((entry) => standardCases(file, entry, rules, classes))]
    return all.map((each) => {
      const failures = runCase(each, rules, classes)
      return { file, name: each.name, passed: failures.length === 0, failures }
    })
  })
}
