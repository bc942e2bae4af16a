import { z } from 'zod'
import type { Database, FileFault, Instant } from '../../../city/index.ts'
import { FileFaults } from '../../../city/index.ts'
import { type Alarm, type Budget, Budgets, entryIdOf, movable, type Rule } from '../../../rules/index.ts'
import { callerOf } from '../../access/caller.ts'
import type { HttpServer } from '../../server/http-server.ts'
import { byId, listOf, pageOf, pageQuery } from '../list.ts'
import { problems } from '../openapi.ts'
import type { Parts } from '../parts.ts'
import { type ProblemError, problem } from '../problems.ts'
import { type FiguresNow, RuleFiguresBook } from '../rule-figures.ts'
import { type RuleSummary, type RuleView, ruleDraft, ruleSummary, ruleView } from '../schema.ts'
import { isoOf } from '../views/iso.ts'

/** So many of a rule's versions are shown; all are kept. */
const versionsShownMax = 50
/** And of the assets on which it failed. */
const failuresShownMax = 50

const ruleParams = z.object({ id: z.string().max(100) })

export function ruleRoutes(server: HttpServer, parts: Parts, database: Database): void {
  const { engine, now } = parts
  const budgets = new Budgets(database)
  const figures = new RuleFiguresBook(parts)

  const viewOf = async (id: string): Promise<RuleView> => {
    const rule = ruleNamed(id, parts)
    return viewOfRule(rule, parts, await figures.read(), await budgets.of(rule.class))
  }

  server.route({
    method: 'GET',
    url: '/api/v1/rules',
    config: { access: 'city:read' },
    schema: {
      summary: 'List rules',
      description: 'With what the tickets of the last year say of each.',
      tags: ['rules'],
      querystring: z.object({ class: z.string().max(64).optional(), ...pageQuery }),
      response: { 200: listOf(ruleSummary), ...problems() },
    },
    handler: async (request) => {
      const { class: classId, ...page } = request.query
      const alarms = alarmsByRule(parts)
      const counted = await figures.read()
      const fitting = byId(engine.rules()).filter((rule) => classId === undefined || rule.class === classId)
      return pageOf(
        fitting,
        page,
        (rule) => rule.id,
        (rule) => summaryOf(rule, alarms.get(rule.id) ?? [], parts, counted),
      )
    },
  })

  server.route({
    method: 'GET',
    url: '/api/v1/rules/:id',
    config: { access: 'city:read' },
    schema: {
      summary: 'Read a rule',
      description: 'With its text as it stands in its file, its figures, and what was made of it here.',
      tags: ['rules'],
      params: ruleParams,
      response: { 200: ruleView, ...problems('RULE_UNKNOWN') },
    },
    handler: (request) => viewOf(request.params.id),
  })

  server.route({
    method: 'PUT',
    url: '/api/v1/rules/:id',
    config: { access: 'rules:edit' },
    schema: {
      summary: 'Change a rule, or make one',
      description:
        'The text is checked whole; 422 names every fault with line and column. From now on readings are judged by it, ' +
        'those of the last day again. The earlier text is kept. A text that names several quantities makes one rule for each.',
      tags: ['rules'],
      params: ruleParams,
      body: ruleDraft,
      response: { 200: ruleView, 201: ruleView, ...problems('RULE_INVALID', 'RULES_FIXED', 'CSRF_REFUSED') },
    },
    handler: async (request, reply) => {
      const { ruleBook } = parts
      if (ruleBook === undefined) throw problem('RULES_FIXED', {})
      const { id } = request.params
      const isNew = !engine.rules().some((rule) => rule.id === id)
      const { text, note } = request.body
      const change = { by: callerOf(request).name, note, at: now() }
      const saved = await ruleBook.save(id, text, change).catch(refuseFaults)
      engine.useRules(ruleBook.rules())
      if (isNew) reply.code(201)
      return viewOf((saved.find((rule) => rule.id === id) ?? saved[0])?.id ?? id)
    },
  })

  server.route({
    method: 'DELETE',
    url: '/api/v1/rules/:id',
    config: { access: 'rules:edit' },
    schema: {
      summary: 'Go back to the rule as its file has it',
      description:
        'Takes back what was changed here; the answer is the rule in force then. A rule that was made here is gone: 204.',
      tags: ['rules'],
      params: ruleParams,
      response: {
        200: ruleView,
        204: z.undefined().describe('It was made here, and is gone'),
        ...problems('RULE_UNKNOWN', 'RULE_UNCHANGED', 'RULES_FIXED', 'CSRF_REFUSED'),
      },
    },
    handler: async (request, reply) => {
      const { ruleBook } = parts
      if (ruleBook === undefined) throw problem('RULES_FIXED', {})
      const rule = ruleNamed(request.params.id, parts)
      const given = await ruleBook.restore(rule, { by: callerOf(request).name, note: '', at: now() })
      engine.useRules(ruleBook.rules())
      const [first] = given
      if (first === undefined) return reply.code(204).send()
      return viewOf(given.some(({ id }) => id === rule.id) ? rule.id : first.id)
    },
  })
}

export function ruleNamed(id: string, { engine }: Pick<Parts, 'engine'>): Rule {
  const rule = engine.rules().find((each) => each.id === id)
  if (rule === undefined) throw problem('RULE_UNKNOWN', { rule: id })
  return rule
}

/** Every fault of a text, with its place, as a problem. */
export function ruleProblem(faults: readonly FileFault[]): ProblemError {
  const places = faults.map(({ line, column, message }) => ({
    path: line === undefined ? 'text' : `text:${line}:${column ?? 1}`,
    message,
    ...(line === undefined ? {} : { line }),
    ...(column === undefined ? {} : { column }),
  }))
  const [first] = places
  const more = places.length > 1 ? ` (and ${places.length - 1} more)` : ''
  return problem('RULE_INVALID', { what: `${first?.path}: ${first?.message}${more}` }, { faults: places })
}

export function refuseFaults(error: unknown): never {
  throw error instanceof FileFaults ? ruleProblem(error.faults) : error
}

/** What a rule may cost of its class's budget: the same for each. */
export function budgetShare({ falsePerAssetYear }: Budget, classId: string, { engine }: Pick<Parts, 'engine'>): number {
  const rules = engine.rules().filter((rule) => rule.class === classId).length
  return falsePerAssetYear / Math.max(1, rules)
}

function alarmsByRule({ engine }: Parts): ReadonlyMap<string, readonly Alarm[]> {
  const found = new Map<string, Alarm[]>()
  for (const alarm of engine.alarms()) {
    const known = found.get(alarm.rule.id)
    if (known === undefined) found.set(alarm.rule.id, [alarm])
    else known.push(alarm)
  }
  return found
}

function summaryOf(rule: Rule, alarms: readonly Alarm[], { ruleBook }: Parts, figures: FiguresNow): RuleSummary {
  const { id, version, title, failureMode, condition, severity } = rule
  const firing = alarms.filter(({ state }) => state === 'firing')
  const levels = firing.filter(({ hiddenBy }) => hiddenBy === undefined).map(({ level }) => level)
  return {
    id,
    version,
    title,
    class: rule.class,
    failureMode,
    quantity: condition.quantity,
    kind: condition.kind,
    severity: { warning: severity.warning ?? null, action: severity.action ?? null },
    alarmsFiring: firing.length,
    firingLevel: levels.includes('action') ? 'action' : levels.length > 0 ? 'warning' : null,
    failedOn: alarms.filter(({ error }) => error !== undefined).length,
    origin: ruleBook?.originOf(rule) ?? 'library',
    figures: figures.ofRule(id, rule.class),
  }
}

async function viewOfRule(rule: Rule, parts: Parts, figures: FiguresNow, budget: Budget): Promise<RuleView> {
  const { ruleBook, registry, engine } = parts
  const versions = (await ruleBook?.versions(rule, versionsShownMax)) ?? []
  const entry = entryIdOf(rule.text)
  const alarms = alarmsByRule(parts).get(rule.id) ?? []
  const quantity = registry.class(rule.class)?.quantities.find(({ id }) => id === rule.condition.quantity)
  return {
    ...summaryOf(rule, alarms, parts, figures),
    forSeconds: rule.forMs / 1_000,
    recoverSeconds: rule.recoverMs / 1_000,
    watchSeconds: rule.watchMs / 1_000,
    advice: rule.advice,
    source: rule.source,
    text: rule.text,
    givenText: ruleBook === undefined ? rule.text : (ruleBook.givenFor(rule)[0]?.text ?? null),
    siblings: engine
      .rules()
      .filter(({ id, text }) => id !== rule.id && entry !== undefined && entryIdOf(text) === entry)
      .map(({ id }) => id),
    assets: figures.assets.get(rule.class) ?? 0,
    failures: alarms
      .flatMap(({ asset, error }) => (error === undefined ? [] : [{ asset, error }]))
      .slice(0, failuresShownMax)
      .map(({ asset, error }) => ({ asset, assetName: registry.asset(asset)?.name ?? asset, error })),
    hasLimit: movable(rule) !== undefined,
    unit: quantity?.unit ?? '',
    budget: { falsePerAssetYear: budget.falsePerAssetYear, share: budgetShare(budget, rule.class, parts) },
    versions: versions.map(({ at, by, note, text }) => ({ at: isoOf(at as Instant), by, note, text: text ?? null })),
  }
}
