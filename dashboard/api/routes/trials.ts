import { z } from 'zod'
import type { Database } from '../../../city/index.ts'
import { type BacktestWanted, Budgets, movable, type Rule, rulesFromText, suggestLimit } from '../../../rules/index.ts'
import { raisedFor, tryRules } from '../../../tickets/index.ts'
import type { HttpServer } from '../../server/http-server.ts'
import { problems } from '../openapi.ts'
import type { Parts } from '../parts.ts'
import { problem } from '../problems.ts'
import { backtestBody, ruleTextBytesMax, suggestBody, suggestionLine, trialLine } from '../schema.ts'
import { Trials } from '../trials.ts'
import { suggestionViewOf, trialViewOf } from '../views/trial-view.ts'
import { budgetShare, refuseFaults, ruleNamed } from './rules.ts'

const dayMs = 86_400_000
/** As long as readings are kept by default. */
const spanDaysMax = 1_100
/** A file of rules, whatever its size in bytes: each is judged on every asset of its class. */
const rulesMax = 100
/** A body holds a rule file, and the ids of assets. */
const bodyBytesMax = ruleTextBytesMax + 512 * 1_024

const lines = `One JSON object a line (\`application/x-ndjson\`): \`progress\` a few times a second, then \`result\`, or
\`problem\` with what went wrong. Hang up to cancel. Two trials may run at once; a third is answered with 429.`

export function trialRoutes(server: HttpServer, parts: Parts, database: Database): void {
  const { engine, registry, store, tickets, now } = parts
  const trials = new Trials()
  const budgets = new Budgets(database)

  const spanOf = ({ from, to }: { readonly from: string; readonly to: string }) => {
    const span = { from: Date.parse(from), to: Math.min(Date.parse(to), now()) }
    if (!(span.to > span.from)) throw problem('RANGE_INVALID', { from, to })
    if (span.to - span.from > spanDaysMax * dayMs) throw problem('TRIAL_SPAN', { days: String(spanDaysMax) })
    return span
  }
  const rulesIn = (text: string): readonly Rule[] => {
    try {
      return rulesFromText('text', text, registry.classes())
    } catch (error) {
      return refuseFaults(error)
    }
  }
  const checkAssets = (assets: readonly string[] | undefined) => {
    for (const asset of assets ?? []) if (registry.asset(asset) === undefined) throw problem('ASSET_UNKNOWN', { asset })
  }

  server.route({
    method: 'POST',
    url: '/api/v1/rules/backtest',
    bodyLimit: bodyBytesMax,
    config: { access: 'rules:try' },
    schema: {
      summary: 'Try rules on history',
      description: `What would have been raised, beside what was raised and what crews found of it. Changes nothing. ${lines}`,
      tags: ['rules'],
      body: backtestBody,
      response: {
        200: { description: 'Lines', content: { 'application/x-ndjson': { schema: trialLine } } },
        ...problems(
          'RULE_INVALID',
          'RULE_UNKNOWN',
          'ASSET_UNKNOWN',
          'RANGE_INVALID',
          'TRIAL_SPAN',
          'TRIALS_BUSY',
          'CSRF_REFUSED',
        ),
      },
    },
    handler: async (request, reply) => {
      const { rule, text, assets } = request.body
      const rules = text !== undefined ? rulesIn(text) : [ruleNamed(rule ?? '', parts)]
      if (rules.length > rulesMax)
        throw problem('REQUEST_INVALID', { what: `${rules.length} rules: expected at most ${rulesMax} at once` })
      checkAssets(assets)
      const wanted: BacktestWanted = { rules, inForce: engine.rules(), ...spanOf(request.body), assets }
      return trials.stream(request, reply, async (signal, onProgress) =>
        trialViewOf(await tryRules(wanted, { store, registry, tickets, signal, onProgress }), registry),
      )
    },
  })

  server.route({
    method: 'POST',
    url: '/api/v1/rules/:id/suggest',
    bodyLimit: bodyBytesMax,
    config: { access: 'rules:try' },
    schema: {
      summary: 'Look for the limit that keeps to the budget',
      description:
        'Tries the rule (or `text`, a changed one) with many limits in one pass over history: tickets per asset and year, ' +
        `what crews found to be right and would be kept or lost. Changes nothing; send the text it suggests with PUT. ${lines}`,
      tags: ['rules'],
      params: z.object({ id: z.string().max(100) }),
      body: suggestBody,
      response: {
        200: { description: 'Lines', content: { 'application/x-ndjson': { schema: suggestionLine } } },
        ...problems(
          'RULE_INVALID',
          'RULE_UNKNOWN',
          'RULE_WITHOUT_LIMIT',
          'ASSET_UNKNOWN',
          'RANGE_INVALID',
          'TRIAL_SPAN',
          'TRIALS_BUSY',
          'CSRF_REFUSED',
        ),
      },
    },
    handler: async (request, reply) => {
      const { id } = request.params
      const { text, assets, target } = request.body
      const known = ruleNamed(id, parts)
      const typed = text === undefined ? [known] : rulesIn(text)
      const rule = typed.find((each) => each.id === id) ?? typed[0] ?? known
      if (movable(rule) === undefined) throw problem('RULE_WITHOUT_LIMIT', { rule: id })
      checkAssets(assets)
      const span = spanOf(request.body)
      const share = budgetShare(await budgets.of(rule.class), rule.class, { engine })
      return trials.stream(request, reply, async (signal, onProgress) => {
        const raised = await raisedFor({ rules: [rule], ...span, assets }, tickets)
        const wanted = { rule, inForce: engine.rules(), ...span, assets, target: target ?? share, raised }
        const suggestion = await suggestLimit(wanted, { store, registry, signal, onProgress })
        if (suggestion === undefined) throw problem('RULE_WITHOUT_LIMIT', { rule: id })
        return suggestionViewOf(suggestion, { ...span, unit: unitOf(rule) })
      })
    },
  })

  function unitOf(rule: Rule): string {
    const quantities = registry.class(rule.class)?.quantities ?? []
    return quantities.find(({ id }) => id === rule.condition.quantity)?.unit ?? ''
  }
}
