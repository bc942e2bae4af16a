import { z } from 'zod'
import { severities } from '../../../rules/index.ts'

export const ruleSummary = z.object({
  id: z.string(),
  version: z.string(),
  title: z.string(),
  class: z.string(),
  failureMode: z.string(),
  quantity: z.string(),
  kind: z.string().describe('the kind of condition, such as threshold, rate, silence or formula'),
  severity: z.object({ warning: z.enum(severities).nullable(), action: z.enum(severities).nullable() }),
  alarmsFiring: z.number().int(),
})
export type RuleSummary = z.infer<typeof ruleSummary>

export const ruleView = ruleSummary.extend({
  forSeconds: z.number(),
  recoverSeconds: z.number(),
  watchSeconds: z.number(),
  advice: z.string(),
  source: z.string(),
  /** As it stands in its file. */
  text: z.string(),
})
export type RuleView = z.infer<typeof ruleView>
