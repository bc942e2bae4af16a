import { type AssetClass, type CityDescription, FileFaults } from '../../city/index.ts'
import type { Rule } from '../rule.ts'
import type { Case, CaseResult } from './case.ts'
import { readCaseFile } from './case-file.ts'
import { faultsOfCase } from './check-case.ts'
import { runCase } from './run-case.ts'
import { standardCases } from './standard-cases.ts'

/** Plays every case of the files against the rules. Throws FileFaults when a file cannot be read, or names what is not there. */
export function testRules(
  caseFiles: readonly string[],
  rules: readonly Rule[],
  classes: readonly AssetClass[],
  city?: CityDescription,
): readonly CaseResult[] {
  return caseFiles.flatMap((file) => {
    const { cases, standard } = readCaseFile(file, city)
    const faults = cases.flatMap((each) => faultsOfCase(file, each, rules, classes))
    if (faults.length > 0) throw new FileFaults(faults)
    const all: Case[] = [...cases, ...standard.flatMap((entry) => standardCases(file, entry, rules, classes))]
    return all.map((each) => {
      const failures = runCase(each, rules, classes)
      const { name, rules: inForce = [], proves } = each
      return { file, name, passed: failures.length === 0, rules: inForce, proves, failures }
    })
  })
}
