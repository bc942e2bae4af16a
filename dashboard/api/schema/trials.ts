import { z } from 'zod'
import { verdicts } from '../../../rules/index.ts'
import { problem } from './problems.ts'
import { iso, level } from './terms.ts'

const moment = z.iso.datetime({ offset: true })
const verdict = z.enum(verdicts).nullable()

/** A rule's text: a few pages at most. */
export const ruleTextBytesMax = 65_536

/** What is tried: a text (one rule, or a file with `rules:`), or a rule in force by its id; `text` with `rule` is that rule as changed. */
export const backtestBody = z.object({
  rule: z.string().max(100).optional(),
  text: z.string().max(ruleTextBytesMax).optional(),
  from: moment,
  to: moment,
  /** Of these assets only; of all when absent. */
  assets: z.array(z.string().max(64)).max(5_000).optional(),
})
export const suggestBody = backtestBody.omit({ rule: true }).extend({
  /** False tickets per asset and year that this rule may cost; its share of the class's budget when absent. */
  target: z.number().positive().max(100).optional(),
})

export const trialProgress = z.object({
  kind: z.literal('progress'),
  /** From 0 to 1. */
  done: z.number(),
  readings: z.number(),
  bouts: z.number().int(),
})
const trialProblem = z.object({ kind: z.literal('problem'), problem })

const raised = z.object({ number: z.number().int(), title: z.string(), startedAt: iso, verdict })

/** A bout of trouble that a rule would have fired for. */
export const boutView = z.object({
  rule: z.string(),
  occurrence: z.string(),
  asset: z.string(),
  sensor: z.string(),
  startedAt: iso,
  firedAt: iso,
  endedAt: iso.nullable(),
  level,
  measured: z.number().nullable(),
  worst: z.number().nullable(),
  limit: z.number().nullable(),
  reason: z.string(),
})

/** A ticket that the rules would have raised, and the tickets that were raised about the same. */
export const wouldBeTicket = z.object({
  category: z.enum(['new', 'raised-too']),
  asset: z.string(),
  assetName: z.string(),
  sensor: z.string(),
  failureMode: z.string(),
  rules: z.array(z.string()),
  startedAt: iso,
  raisedAt: iso,
  endedAt: iso.nullable(),
  level,
  bouts: z.number().int(),
  reason: z.string(),
  raised: z.array(raised),
})

export const trialView = z.object({
  from: iso,
  to: iso,
  rules: z.array(
    z.object({
      id: z.string(),
      version: z.string(),
      title: z.string(),
      class: z.string(),
      failureMode: z.string(),
      assets: z.number().int(),
      assetYears: z.number(),
    }),
  ),
  readings: z.number(),
  tookMs: z.number(),
  counts: z.object({
    wouldBe: z.number().int(),
    new: z.number().int(),
    raisedToo: z.number().int(),
    /** Were raised by these rules, and would not be. */
    missing: z.number().int(),
    /** Of those, the ones that crews found to be right. */
    missingRight: z.number().int(),
    perAssetYear: z.number().nullable(),
    bouts: z.number().int(),
  }),
  /** The first 2,000 by time. */
  tickets: z.array(wouldBeTicket),
  missing: z.array(raised.extend({ asset: z.string(), assetName: z.string() })),
  /** The first 5,000 by time. */
  bouts: z.array(boutView),
  /** Rules that could not be judged for an asset. */
  troubles: z.array(z.object({ rule: z.string(), asset: z.string(), error: z.string() })),
})
export type TrialView = z.infer<typeof trialView>

/** What the stream of a trial says, one JSON object a line: progress a few times a second, then the result or what went wrong. */
export const trialLine = z.discriminatedUnion('kind', [
  trialProgress,
  z.object({ kind: z.literal('result'), result: trialView }),
  trialProblem,
])
export type TrialLine = z.infer<typeof trialLine>

export const limitTried = z.object({
  limit: z.number(),
  action: z.number().nullable(),
  isCurrent: z.boolean(),
  tickets: z.number().int(),
  ticketsPerAssetYear: z.number(),
  /** Tickets that no crew has found to be right: at most so many are false. */
  unconfirmed: z.number().int(),
  unconfirmedPerAssetYear: z.number(),
  /** Tickets that crews found to be right: would be raised too, and would be lost. */
  found: z.number().int(),
  lost: z.number().int(),
  /** The rule's text with this limit; null where it cannot be put in by itself. */
  text: z.string().nullable(),
})
export const suggestionView = z.object({
  from: iso,
  to: iso,
  unit: z.string(),
  tried: z.array(limitTried),
  /** Place in `tried`; null when none keeps to the target. */
  suggested: z.number().int().nullable(),
  target: z.number(),
  assets: z.number().int(),
  assetYears: z.number(),
  readings: z.number(),
  tookMs: z.number(),
})
export type SuggestionView = z.infer<typeof suggestionView>
export const suggestionLine = z.discriminatedUnion('kind', [
  trialProgress,
  z.object({ kind: z.literal('result'), result: suggestionView }),
  trialProblem,
])
export type SuggestionLine = z.infer<typeof suggestionLine>
