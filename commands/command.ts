import { type ParseArgsConfig, parseArgs } from 'node:util'
import { Refusal } from '../city/index.ts'
import type { Configuration } from './configuration.ts'

export type Options = NonNullable<ParseArgsConfig['options']>

/** What a command is given: its words, its options as typed, and the configuration. */
export type Invocation = {
  readonly words: readonly string[]
  readonly option: (name: string) => string | undefined
  readonly options: (name: string) => readonly string[]
  readonly flag: (name: string) => boolean
  readonly configuration: () => Configuration
  readonly print: (text: string) => void
}

/** One word (or two, `device add`) of the command line. */
export type Command = {
  readonly name: string
  readonly summary: string
  /** How it is typed after `lengthsman`. */
  readonly usage: string
  /** One line an option, for `--help`. */
  readonly help?: readonly string[]
  readonly options?: Options
  /** The exit code; 0 when nothing is returned. */
  run(invocation: Invocation): Promise<number | undefined>
}

/** @throws Refusal when the words do not fit the command, with its usage */
export function parseInvocation(
  command: Command,
  words: readonly string[],
  surroundings: Pick<Invocation, 'configuration' | 'print'>,
): Invocation {
  try {
    const { values, positionals } = parseArgs({
      args: [...words],
      options: command.options ?? {},
      allowPositionals: true,
      strict: true,
    })
    const typed: Readonly<Record<string, unknown>> = values
    return {
      ...surroundings,
      words: positionals,
      option: (name) => (typeof typed[name] === 'string' ? typed[name] : undefined),
      options: (name) => (Array.isArray(typed[name]) ? typed[name].map(String) : []),
      flag: (name) => typed[name] === true,
    }
  } catch (error) {
    const [said = ''] = String((error as Error).message).split('. To specify')
    throw new Refusal('COMMAND_INVALID', `${said}\nusage: lengthsman ${command.usage}`, error)
  }
}

/** @throws Refusal naming what is missing, with the usage */
export function needed<Value>(command: Command, what: string, value: Value | undefined): Value {
  if (value !== undefined) return value
  throw new Refusal('COMMAND_INVALID', `${what} is missing\nusage: lengthsman ${command.usage}`)
}
