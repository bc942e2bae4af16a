import { z } from 'zod'
import type { AssetClass, FailureMode, QuantityDefinition } from './asset-class.ts'
import { duration, mapping, name, range, text, unit } from './schema-parts.ts'

const quantity = mapping({
  id: name,
  title: text,
  unit,
  range,
  interval: duration,
  decimals: z
    .number('a whole number from 0 to 6')
    .int('a whole number from 0 to 6')
    .min(0, 'a whole number from 0 to 6')
    .max(6, 'a whole number from 0 to 6')
    .default(1),
}).transform(
  ({ interval, ...rest }): QuantityDefinition => ({
    id: rest.id,
    title: rest.title,
    unit: rest.unit,
    range: rest.range,
    expectedIntervalMs: interval,
    decimals: rest.decimals,
  }),
)

const lines = z.array(text, 'a list of lines of text').min(1, 'at least one line')

const failureMode = mapping({
  id: name,
  title: text,
  skill: name,
  'job plan': lines,
  causes: lines,
  remedies: lines,
  explains: z.literal(['silence', 'all'], 'silence or all').optional(),
}).transform(
  ({ 'job plan': jobPlan, explains, ...rest }): FailureMode => ({
    id: rest.id,
    title: rest.title,
    skill: rest.skill,
    jobPlan,
    causes: rest.causes,
    remedies: rest.remedies,
    ...(explains === undefined ? {} : { explains }),
  }),
)

const quantities = z.array(quantity, 'a list of quantities').superRefine(withoutTwins)
const failureModes = z.array(failureMode, 'a list of failure modes').superRefine(withoutTwins)

/** A class written out in full, as in `city/library`. */
export const assetClassFile = mapping({
  id: name,
  title: text,
  plural: text,
  quantities,
  'failure modes': failureModes,
}).transform(
  ({ 'failure modes': modes, ...rest }): AssetClass => ({
    id: rest.id,
    title: rest.title,
    plural: rest.plural,
    quantities: rest.quantities,
    failureModes: modes,
  }),
)

/** What a city changes of a class that ships: entries with a known id replace that entry, others are added. */
export const assetClassChange = mapping({
  id: name,
  title: text.optional(),
  plural: text.optional(),
  quantities: quantities.optional(),
  'failure modes': failureModes.optional(),
})

export function changedClass(base: AssetClass, change: z.infer<typeof assetClassChange>): AssetClass {
  return {
    id: base.id,
    title: change.title ?? base.title,
    plural: change.plural ?? base.plural,
    quantities: overlaid(base.quantities, change.quantities ?? []),
    failureModes: overlaid(base.failureModes, change['failure modes'] ?? []),
  }
}

function overlaid<T extends { readonly id: string }>(base: readonly T[], changes: readonly T[]): T[] {
  return [...new Map([...base, ...changes].map((item) => [item.id, item])).values()]
}

function withoutTwins(items: readonly { readonly id: string }[], context: z.RefinementCtx): void {
  const seen = new Set<string>()
  for (const [index, { id }] of items.entries()) {
    if (seen.has(id)) context.addIssue({ code: 'custom', path: [index, 'id'], message: 'each id once' })
    seen.add(id)
  }
}
