import { z } from 'zod'
import { severities } from '../../../rules/index.ts'
import { iso, level } from './terms.ts'
import { ruleTextBytesMax } from './trials.ts'

/** What the tickets of the last year say of a rule, or of a class. */
export const ruleFigures = z.object({
  tickets: z.number().int(),
  right: z.number().int(),
  tooLate: z.number().int(),
  false: z.number().int(),
  unjudged: z.number().int(),
  /** Of what was judged, the share that was right, and where it lies with nine chances in ten; null while nothing was. */
  precision: z.object({ share: z.number(), low: z.number(), high: z.number() }).nullable(),
  /** How long the assets were watched, together. */
  assetYears: z.number(),
  ticketsPerAssetYear: z.number().nullable(),
  falsePerAssetYear: z.number().nullable(),
})
export type RuleFigures = z.infer<typeof ruleFigures>

export const ruleOrigins = ['library', 'city', 'changed'] as const

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
  firingLevel: level.nullable().describe('The higher level of those that fire and call somebody'),
  failedOn: z.number().int().describe('On so many assets the rule failed and is set aside'),
  /** It ships; a file of the city has it; or it was changed here. */
  origin: z.enum(ruleOrigins),
  figures: ruleFigures,
})
export type RuleSummary = z.infer<typeof ruleSummary>

export const ruleVersionView = z.object({
  at: iso,
  by: z.string(),
  note: z.string(),
  /** Null: back to what its file says. */
  text: z.string().nullable(),
})
export type RuleVersionView = z.infer<typeof ruleVersionView>

export const budgetView = z.object({
  class: z.string(),
  classTitle: z.string(),
  rules: z.number().int(),
  assets: z.number().int(),
  /** False tickets that an asset of the class may cost in a year. */
  falsePerAssetYear: z.number(),
  /** Null while it is the shipped one. */
  setBy: z.string().nullable(),
  setAt: iso.nullable(),
  figures: ruleFigures,
})
export type BudgetView = z.infer<typeof budgetView>
export const budgetDraft = z.object({ falsePerAssetYear: z.number() })

export const ruleView = ruleSummary.extend({
  forSeconds: z.number(),
  recoverSeconds: z.number(),
  watchSeconds: z.number(),
  advice: z.string(),
  source: z.string(),
  /** As it stands in its file. */
  text: z.string(),
  /** What it says where nothing is changed here; null for a rule made here. */
  givenText: z.string().nullable(),
  /** Rules of the same text, one for each quantity. */
  siblings: z.array(z.string()),
  assets: z.number().int(),
  failures: z
    .array(z.object({ asset: z.string(), assetName: z.string(), error: z.string() }))
    .describe('Where it failed and is set aside, and why; the first 50'),
  /** Whether its limit can be moved to meet the budget. */
  hasLimit: z.boolean(),
  unit: z.string(),
  budget: z.object({ falsePerAssetYear: z.number(), share: z.number() }),
  /** What was made of it here, the newest first. */
  versions: z.array(ruleVersionView),
})
export type RuleView = z.infer<typeof ruleView>

export const ruleDraft = z.object({
  /** One rule as in a file, beginning with its id. */
  text: z.string().min(1).max(ruleTextBytesMax),
  /** Why, for whoever looks later. */
  note: z.string().max(500).default(''),
})
