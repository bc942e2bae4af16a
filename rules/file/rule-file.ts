import { z } from 'zod'
import { isName, parseDuration } from '../../city/index.ts'
import { severities } from '../rule.ts'

/** What a value should have been, said the same way for every field: the offending value quoted, then the expectation. */
function expected(what: string): { error: (issue: { input?: unknown }) => string } {
  return {
    error: ({ input }) => (input === undefined ? `missing: expected ${what}` : `${quote(input)}: expected ${what}`),
  }
}

export function quote(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 80 ? `${text.slice(0, 77)}…` : text
}

function textOf(what: string) {
  return z.string(expected(what)).trim().min(1, expected(what))
}

const name = z.string(expected('a name')).refine(isName, expected('lower-case letters, digits and single hyphens'))

const duration = z.string(expected('a duration like 10m, 6h or 7d')).transform((text, context) => {
  const durationMs = parseDuration(text)
  if (durationMs !== undefined) return durationMs
  context.addIssue(`${quote(text)}: expected a duration like 10m, 6h or 7d`)
  return z.NEVER
})

const severity = z.enum(severities, expected(`one of ${severities.join(', ')}`))

/** A number, or a number and its unit; which unit fits is known only with the quantity. */
const amount = z.union([z.number(), z.string()], expected('a number, or a number with its unit'))
const perLevel = z.strictObject({ warning: amount.optional(), action: amount.optional() })
/** A bare amount is the warning limit. */
const limits = z.union(
  [amount.transform((warning) => ({ warning, action: undefined })), perLevel],
  expected('a limit, or { warning: …, action: … }'),
)

const when = z.strictObject(
  {
    quantity: z.union([name, z.array(name).min(1)], expected('a quantity of the class, or a list of them')),
    above: limits.optional(),
    below: limits.optional(),
    'rises faster than': limits.optional(),
    'falls faster than': limits.optional(),
    over: duration.optional(),
    'silent for': limits.optional(),
    'stuck for': duration.optional(),
    within: amount.optional(),
    hysteresis: amount.optional(),
  },
  expected('the condition, for instance { quantity: vibration, above: { warning: 4.5, action: 7.1 } }'),
)

export const ruleEntry = z.strictObject(
  {
    id: name,
    title: textOf('a short title'),
    class: z.string(expected('an asset class')),
    'failure mode': z.string(expected('a failure mode of the class')),
    severity: z.union(
      [
        severity.transform((warning) => ({ warning, action: undefined })),
        z.strictObject({ warning: severity.optional(), action: severity.optional() }),
      ],
      expected(`one of ${severities.join(', ')}, or { warning: …, action: … }`),
    ),
    when,
    for: duration.optional(),
    'recover after': duration.optional(),
    watch: duration,
    advice: textOf('what the crew should do first'),
    source: textOf('where the limits come from: a standard, the maker, experience'),
  },
  expected('a rule'),
)

export const ruleFile = z.strictObject(
  { rules: z.array(z.unknown(), expected('a list of rules')) },
  expected('a file that begins with `rules:`'),
)

export type RuleEntry = z.output<typeof ruleEntry>
export type When = RuleEntry['when']
export type EntryLimits = NonNullable<When['above']>
