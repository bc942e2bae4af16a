import type { z } from 'zod'
import { type RuleEntry, ruleEntry } from './rule-file.ts'

/** A rule whose faulty parts are stood in for, so that the others can be looked at. */
export type BesideFaults = {
  readonly entry: RuleEntry
  /** The keys whose values are stand-ins: what is found out about them means nothing. */
  readonly faulty: ReadonlySet<PropertyKey>
}

// Any value of the right form will do: what is said about a stand-in is left out.
const standIns: Readonly<Record<string, unknown>> = {
  id: 'faulty',
  title: 'faulty',
  class: '',
  'failure mode': '',
  severity: 'minor',
  when: {},
  watch: '1h',
  advice: 'faulty',
  source: 'faulty',
}

/** What can be read beside the faults of a rule, so that one run tells everything; `undefined` where it is no mapping. */
export function besideFaults(written: unknown, error: z.ZodError): BesideFaults | undefined {
  if (typeof written !== 'object' || written === null) return undefined
  const faulty = new Set<PropertyKey>()
  for (const issue of error.issues) {
    const unknown = issue.code === 'unrecognized_keys' && issue.path.length === 0 ? issue.keys : []
    for (const key of [...issue.path.slice(0, 1), ...unknown]) faulty.add(key)
  }
  const sound = Object.entries(written).filter(([key]) => !faulty.has(key))
  const stoodIn = Object.entries(standIns).filter(([key]) => faulty.has(key))
  const entry = ruleEntry.safeParse(Object.fromEntries([...sound, ...stoodIn]))
  return entry.success ? { entry: entry.data, faulty } : undefined
}
