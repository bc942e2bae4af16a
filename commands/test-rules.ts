import { formatDuration, libraryClasses } from '../city/index.ts'
import { type CaseResult, libraryRuleFiles, readRuleFiles, testRules } from '../rules/index.ts'
import { ruleFilesIn } from './check.ts'
import { type Command, needed } from './command.ts'

export const testRulesCommand: Command = {
  name: 'test-rules',
  summary: 'play series of readings against the rules and compare what they say',
  usage: 'test-rules CASES.json [CASES.json …]',
  help: ['The rules are those that ship and those of LENGTHSMAN_RULES. The notation of a series: docs/rules.md.'],
  async run({ words, configuration, print }) {
    needed(testRulesCommand, 'a file of cases', words[0])
    const rules = readRuleFiles([...libraryRuleFiles(), ...ruleFilesIn(configuration().rules)], libraryClasses())
    const results = testRules(words, rules, libraryClasses())
    const failed = results.filter(({ passed }) => !passed)
    for (const result of failed) print(failureText(result))
    print(`${results.length - failed.length} passed, ${failed.length} failed`)
    return failed.length === 0 ? 0 : 2
  },
}

function failureText({ file, name, failures }: CaseResult): string {
  const lines = failures.map(({ atMs, state, expected, found }) => {
    return `  at ${formatDuration(atMs)} ${state}: expected [${expected.join(', ')}], found [${found.join(', ')}]`
  })
  return [`${file}: ${name}`, ...lines].join('\n')
}
