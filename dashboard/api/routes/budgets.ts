import { z } from 'zod'
import type { AssetClass, Database } from '../../../city/index.ts'
import { Budgets } from '../../../rules/index.ts'
import { callerOf } from '../../access/caller.ts'
import type { HttpServer } from '../../server/http-server.ts'
import { listOf } from '../list.ts'
import { problems } from '../openapi.ts'
import type { Parts } from '../parts.ts'
import { problem } from '../problems.ts'
import { type FiguresNow, RuleFiguresBook } from '../rule-figures.ts'
import { type BudgetView, budgetDraft, budgetView } from '../schema.ts'
import { isoOrNull } from '../views/iso.ts'

/** How many false tickets a class may cost, and how many it did. */
export function budgetRoutes(server: HttpServer, parts: Parts, database: Database): void {
  const { engine, registry, now } = parts
  const budgets = new Budgets(database)
  const figures = new RuleFiguresBook(parts)

  const viewOf = async (assetClass: AssetClass, counted: FiguresNow): Promise<BudgetView> => {
    const { falsePerAssetYear, setBy, setAt } = await budgets.of(assetClass.id)
    return {
      class: assetClass.id,
      classTitle: assetClass.title,
      rules: engine.rules().filter((rule) => rule.class === assetClass.id).length,
      assets: counted.assets.get(assetClass.id) ?? 0,
      falsePerAssetYear,
      setBy: setBy ?? null,
      setAt: isoOrNull(setAt),
      figures: counted.ofClass(assetClass.id),
    }
  }

  server.route({
    method: 'GET',
    url: '/api/v1/budgets',
    config: { access: 'city:read' },
    schema: {
      summary: 'List the budgets of false tickets',
      description: 'One for each class that has rules, with what crews found of its tickets in the last year.',
      tags: ['rules'],
      response: { 200: listOf(budgetView), ...problems() },
    },
    handler: async () => {
      const counted = await figures.read()
      const watched = new Set(engine.rules().map((rule) => rule.class))
      const classes = registry.classes().filter(({ id }) => watched.has(id))
      return { items: await Promise.all(classes.map((each) => viewOf(each, counted))), next: null }
    },
  })

  server.route({
    method: 'PUT',
    url: '/api/v1/budgets/:class',
    config: { access: 'rules:edit' },
    schema: {
      summary: 'Set the budget of a class',
      description: 'How many false tickets one asset of it may cost in a year; its rules share it evenly.',
      tags: ['rules'],
      params: z.object({ class: z.string().max(64) }),
      body: budgetDraft,
      response: { 200: budgetView, ...problems('CLASS_UNKNOWN', 'BUDGET_INVALID', 'CSRF_REFUSED') },
    },
    handler: async (request) => {
      const { class: classId } = request.params
      const assetClass = registry.class(classId)
      if (assetClass === undefined) throw problem('CLASS_UNKNOWN', { class: classId })
      await budgets.set(classId, request.body.falsePerAssetYear, callerOf(request).name, now())
      return viewOf(assetClass, await figures.read())
    },
  })
}
