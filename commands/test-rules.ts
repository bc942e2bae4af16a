import { formatDuration, libraryClasses, readCityFile } from '../city/index.ts'
import { type CaseResult, libraryRuleFiles, readRuleFiles, testRules } from '../rules/index.ts'
import { ruleFilesIn } from './check.ts'
import { type Command, needed } from './command.ts'

export const testRulesCommand: Command = {
  name: 'test-rules',
  summary: 'play series of readings against the rules and compare what they say',
  usage: 'test-rules CASES.json [CASES.json …] [--city CITY.yaml] [--list]',
  help: [
    'The rules are those that ship and those of LENGTHSMAN_RULES. The notation of a series: docs/rules.md.',
    '--city: classes, assets, time zone and places of a city of yours; its assets need not be described in the cases.',
    '--list: every case by name, not only those that fail. Exit code 0: all passed; 2: some did not.',
  ],
  options: { city: { type: 'string' }, list: { type: 'boolean' } },
  async run({ words, option, flag, configuration, print }) {
    needed(testRulesCommand, 'a file of cases', words[0])
    const cityFile = option('city')
    const city = cityFile === undefined ? undefined : readCityFile(cityFile)
    const own = new Set(city?.classes.map(({ id }) => id))
    const classes = [...libraryClasses().filter(({ id }) => !own.has(id)), ...(city?.classes ?? [])]
    const rules = readRuleFiles([...libraryRuleFiles(), ...ruleFilesIn(configuration().rules)], classes)
    const results = testRules(words, rules, classes, city)
    for (const result of results)
      if (!result.passed) print(failureText(result))
      else if (flag('list')) print(`passed: ${result.file}: ${result.name}`)
    const failed = results.filter(({ passed }) => !passed).length
    print(`${results.length - failed} passed, ${failed} failed`)
    return failed === 0 ? 0 : 2
  },
}

function failureText({ file, name, failures }: CaseResult): string {
  const lines = failures.map(({ atMs, state, expected, found }) => {
    return `  at ${formatDuration(atMs)} ${state}: expected [${expected.join(', ')}], found [${found.join(', ')}]`
  })
  return [`FAILED: ${file}: ${name}`, ...lines].join('\n')
}
