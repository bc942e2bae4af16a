import { parse } from 'yaml'
import { type AssetClass, type FileFault, FileFaults } from '../../city/index.ts'
import { readRuleText } from '../file/read-rule-files.ts'
import type { Rule } from '../rule.ts'

/** How deep a rule stands in a file: below `rules:`, after its dash. */
const indent = 4

/** The id that a rule's text has; its rules have the quantity after it where it names several. */
export function entryIdOf(text: string): string | undefined {
  try {
    const written: unknown = parse(text)
    if (typeof written !== 'object' || written === null || !('id' in written)) return undefined
    return typeof written.id === 'string' ? written.id : undefined
  } catch {
    return undefined
  }
}

/** Whether this is a file with `rules:` at its top, or the text of one rule as `Rule.text` has it. */
export function isRuleFileText(text: string): boolean {
  return /^rules:/m.test(text)
}

/**
 * Rules from what somebody typed: one rule's text, or a whole file.
 * @throws FileFaults with lines and columns of the text as it was typed
 */
export function rulesFromText(name: string, text: string, classes: readonly AssetClass[]): readonly Rule[] {
  if (isRuleFileText(text)) return readRuleText(name, text, classes)
  try {
    return readRuleText(name, asFile(text), classes)
  } catch (error) {
    if (!(error instanceof FileFaults)) throw error
    throw new FileFaults(error.faults.map((fault) => unindented(fault, text.split('\n').length)))
  }
}

/** A file with this one rule in it. */
export function asFile(text: string): string {
  const lines = text.trimEnd().split('\n')
  const rest = lines.slice(1).map((line) => (line.trim() === '' ? '' : `${' '.repeat(indent)}${line}`))
  return `${['rules:', `  - ${lines[0] ?? ''}`, ...rest].join('\n')}\n`
}

function unindented(fault: FileFault, lines: number): FileFault {
  const { line, column } = fault
  if (line === undefined) return fault
  const own = Math.min(Math.max(1, line - 1), lines)
  return { ...fault, line: own, ...(column === undefined ? {} : { column: Math.max(1, column - indent) }) }
}
