import { closest } from 'fastest-levenshtein'
import { FileFaults, Refusal } from './city/index.ts'
import { type Command, parseInvocation } from './commands/command.ts'
import { readConfiguration } from './commands/configuration.ts'
import { commands } from './commands/index.ts'
import { programVersion } from './commands/version.ts'

process.exitCode = await main(process.argv.slice(2))

/** The command line: finds the command, runs it, and says in one line what a person can mend. */
async function main(words: readonly string[]): Promise<number> {
  try {
    if (words[0] === '--version') return print(programVersion)
    const command = commandNamed(words)
    if (command === undefined) return print(overview())
    const rest = words.slice(command.name.split(' ').length)
    if (rest.includes('--help') || rest.includes('-h')) return print(helpOf(command))
    const invocation = parseInvocation(command, rest, {
      configuration: () => readConfiguration(process.env),
      print,
    })
    return (await command.run(invocation)) ?? 0
  } catch (error) {
    if (!(error instanceof Refusal) && !(error instanceof FileFaults)) throw error
    process.stderr.write(`lengthsman: ${error.message}\n`)
    return 1
  }
}

/** `device add` before `device`; `undefined` asks for the overview. */
function commandNamed(words: readonly string[]): Command | undefined {
  const [first = 'help'] = words
  if (first === 'help' || first === '--help' || first === '-h') return undefined
  const typed = words.slice(0, 2).join(' ')
  const found = commands.find(({ name }) => name === typed || name === first)
  if (found !== undefined) return found
  const names = commands.map(({ name }) => name)
  const meant = closest(names.some((name) => name.startsWith(`${first} `)) ? typed : first, names)
  throw new Refusal('COMMAND_INVALID', `"${first}" is no command; did you mean "lengthsman ${meant}"?`)
}

function overview(): string {
  const width = Math.max(...commands.map(({ name }) => name.length))
  const lines = commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`)
  return [
    `lengthsman ${programVersion} — proactive maintenance for a city`,
    '',
    'usage: lengthsman COMMAND [words] [--help]',
    '',
    ...lines,
    '',
    'Settings come from LENGTHSMAN_… variables or lengthsman.yaml: see README.md.',
  ].join('\n')
}

function helpOf(command: Command): string {
  const lines = [`${command.summary}`, '', `usage: lengthsman ${command.usage}`]
  if (command.help !== undefined) lines.push('', ...command.help.map((line) => `  ${line}`))
  return lines.join('\n')
}

function print(text: string): number {
  process.stdout.write(`${text}\n`)
  return 0
}
