import { z } from 'zod'

/** A page of a list at most; enough for a whole small town at once. */
const listLimitMax = 1_000

export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(listLimitMax).default(100).describe('Items at most'),
  after: z.string().max(200).optional().describe('`next` of the page before'),
}

/** `{"items": […], "next": cursor | null}` */
export function listOf<Item extends z.ZodType>(item: Item) {
  return z.object({
    items: z.array(item),
    next: z.string().nullable().describe('Pass as `after` for the following page; null at the end'),
  })
}

/** One or several of the values, comma separated. */
export function severalOf<const Values extends readonly [string, ...string[]]>(values: Values) {
  return z
    .string()
    .transform((text) => text.split(',').filter((part) => part !== ''))
    .pipe(z.array(z.enum(values)))
    .describe(`One or several, comma separated: ${values.join(', ')}`)
}

/** The page after the id `after` of items that are in the order of their ids. */
export function pageOf<Item, View>(
  items: readonly Item[],
  { limit, after }: { readonly limit: number; readonly after?: string | undefined },
  idOf: (item: Item) => string,
  view: (item: Item) => View,
): { items: View[]; next: string | null } {
  const rest = after === undefined ? items : items.filter((item) => idOf(item) > after)
  const page = rest.slice(0, limit)
  const last = page.at(-1)
  return { items: page.map(view), next: last === undefined || rest.length <= limit ? null : idOf(last) }
}

export function byId<Item extends { readonly id: string }>(items: readonly Item[]): Item[] {
  return [...items].sort((one, other) => (one.id < other.id ? -1 : 1))
}
