import { z } from 'zod'
import { isName } from '../../city/index.ts'
import { duration, expected } from '../kinds/shapes.ts'
import { severities } from '../rule.ts'
import { writtenSchedule } from '../schedule/written.ts'

function textOf(what: string) {
  return z.string(expected(what)).trim().min(1, expected(what))
}

const name = z.string(expected('a name')).refine(isName, expected('lower-case letters, digits and single hyphens'))

const severity = z.enum(severities, expected(`one of ${severities.join(', ')}`))

/** What every condition has; the rest is read by the kind that its keys name. */
const when = z.looseObject(
  {
    quantity: z.union([name, z.array(name).min(1)], expected('a quantity of the class, or a list of them')).optional(),
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
    during: writtenSchedule.optional(),
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
