import { z } from 'zod'
import type { Rule } from '../../../rules/index.ts'
import type { HttpServer } from '../../server/http-server.ts'
import { byId, listOf, pageOf, pageQuery } from '../list.ts'
import { problems } from '../openapi.ts'
import type { Parts } from '../parts.ts'
import { problem } from '../problems.ts'
import { type RuleSummary, ruleSummary, ruleView } from '../schema.ts'

export function ruleRoutes(server: HttpServer, parts: Parts): void {
  const { engine } = parts

  server.route({
    method: 'GET',
    url: '/api/v1/rules',
    config: { access: 'city:read' },
    schema: {
      summary: 'List rules',
      tags: ['rules'],
      querystring: z.object({ class: z.string().max(64).optional(), ...pageQuery }),
      response: { 200: listOf(ruleSummary), ...problems() },
    },
    handler: async (request) => {
      const { class: classId, ...page } = request.query
      const firing = firingByRule(parts)
      const fitting = byId(engine.rules()).filter((rule) => classId === undefined || rule.class === classId)
      return pageOf(
        fitting,
        page,
        (rule) => rule.id,
        (rule) => summaryOf(rule, firing.get(rule.id) ?? 0),
      )
    },
  })

  server.route({
    method: 'GET',
    url: '/api/v1/rules/:id',
    config: { access: 'city:read' },
    schema: {
      summary: 'Read a rule',
      description: 'With its text as it stands in its file.',
      tags: ['rules'],
      params: z.object({ id: z.string().max(100) }),
      response: { 200: ruleView, ...problems('RULE_UNKNOWN') },
    },
    handler: async (request) => {
      const { id } = request.params
      const rule = engine.rules().find((each) => each.id === id)
      if (rule === undefined) throw problem('RULE_UNKNOWN', { rule: id })
      return {
        ...summaryOf(rule, firingByRule(parts).get(id) ?? 0),
        forSeconds: rule.forMs / 1_000,
        recoverSeconds: rule.recoverMs / 1_000,
        watchSeconds: rule.watchMs / 1_000,
        advice: rule.advice,
        source: rule.source,
        text: rule.text,
      }
    },
  })
}

function firingByRule({ engine }: Parts): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const { rule, state } of engine.alarms())
    if (state === 'firing') counts.set(rule.id, (counts.get(rule.id) ?? 0) + 1)
  return counts
}

function summaryOf(rule: Rule, alarmsFiring: number): RuleSummary {
  const { id, version, title, failureMode, condition, severity } = rule
  return {
    id,
    version,
    title,
    class: rule.class,
    failureMode,
    quantity: condition.quantity,
    kind: condition.kind,
    severity: { warning: severity.warning ?? null, action: severity.action ?? null },
    alarmsFiring,
  }
}
