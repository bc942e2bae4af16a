import { createHash } from 'node:crypto'
import type { Rule } from '../rule.ts'

/** What a version is made of: everything a rule says, and nothing of how it is laid out in its file. */
export type RuleMeaning = Omit<Rule, 'version' | 'text'>

/** First 12 hexadecimal digits of the SHA-256 of the canonical text. */
export function versionOf(meaning: RuleMeaning): string {
  return createHash('sha256').update(canonical(meaning)).digest('hex').slice(0, 12)
}

/** JSON with sorted keys, without what is undefined: the same meaning is the same text. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const entries = Object.entries(value).filter(([, held]) => held !== undefined)
  entries.sort(([left], [right]) => (left < right ? -1 : 1))
  return `{${entries.map(([key, held]) => `${JSON.stringify(key)}:${canonical(held)}`).join(',')}}`
}
