import type { Instant } from '../../../city/index.ts'
import type { Fresh } from './fresh-file.ts'
import type { Slab } from './slabs.ts'

/** Where all readings are at one moment: slabs, and fresh files from the oldest to the one that is written to. */
export type Layout = { readonly slabs: readonly Slab[]; readonly fresh: readonly Fresh[] }

/**
 * The layout of the moment. Readings move from fresh files to slabs and from slabs to larger ones; whoever reads borrows
 * a layout and sees each reading once, for what a layout names is taken away only when nobody has it any more.
 */
export class Shelf {
  #current: Layout
  readonly #borrowers = new Map<Layout, number>()
  #waiting: { readonly layouts: Set<Layout>; readonly resolve: () => void }[] = []

  constructor(layout: Layout) {
    this.#current = layout
  }

  get current(): Layout {
    return this.#current
  }

  get active(): Fresh {
    const active = this.#current.fresh.at(-1)
    if (active === undefined) throw new Error('no fresh file is open')
    return active
  }

  /**
   * Does something with the layout of the moment. It is done again when a fresh file of that layout began to replace
   * older readings meanwhile, for both may have been read; once a file at most.
   */
  async borrow<T>(work: (layout: Layout) => Promise<T>): Promise<T> {
    for (;;) {
      const layout = this.#current
      const replaced = layout.fresh.map(({ state }) => state.replaces)
      const result = await this.#lend(layout, work)
      if (layout.fresh.every(({ state }, at) => state.replaces === replaced[at])) return result
    }
  }

  /** Puts another layout in place; the promise resolves when nobody has an earlier one any more. */
  change(next: Partial<Layout>): Promise<void> {
    this.#current = { ...this.#current, ...next }
    const layouts = new Set(this.#borrowers.keys())
    if (layouts.size === 0) return Promise.resolve()
    return new Promise((resolve) => this.#waiting.push({ layouts, resolve }))
  }

  async #lend<T>(layout: Layout, work: (layout: Layout) => Promise<T>): Promise<T> {
    this.#borrowers.set(layout, (this.#borrowers.get(layout) ?? 0) + 1)
    try {
      return await work(layout)
    } finally {
      this.#giveBack(layout)
    }
  }

  #giveBack(layout: Layout): void {
    const left = (this.#borrowers.get(layout) ?? 1) - 1
    if (left > 0) {
      this.#borrowers.set(layout, left)
      return
    }
    this.#borrowers.delete(layout)
    for (const { layouts } of this.#waiting) layouts.delete(layout)
    const [done, waiting] = [
      this.#waiting.filter(({ layouts }) => layouts.size === 0),
      this.#waiting.filter(({ layouts }) => layouts.size > 0),
    ]
    this.#waiting = waiting
    for (const { resolve } of done) resolve()
  }
}

/** Bounds on what is looked for; slabs that hold nothing within are passed over. */
export type Span = { readonly observedFrom?: Instant; readonly observedTo?: Instant; readonly receivedFrom?: Instant }

/** SQL for all readings of a layout that fulfil a condition, in the columns of a slab and whether they are in `active`. */
export function keptSql({ slabs, fresh }: Layout, where: string, span: Span): string {
  const { observedFrom = -Infinity, observedTo = Infinity, receivedFrom = -Infinity } = span
  const within = slabs.filter(
    (slab) => slab.observedTo >= observedFrom && slab.observedFrom <= observedTo && slab.receivedTo >= receivedFrom,
  )
  let sql = within
    .map(({ id }) => `select *, false as active from settled.slab_${id} where ${where}`)
    .join(' union all ')
  for (const [at, { readings, replaced, state }] of fresh.entries()) {
    const own = `select *, ${at === fresh.length - 1} as active from ${readings} where ${where}`
    if (sql !== '' && state.replaces)
      sql = `select * from (${sql}) as older where not exists (
        select 1 from ${replaced} as newer where newer.sensor = older.sensor and newer.observed_at = older.observed_at)`
    sql = sql === '' ? own : `${sql} union all ${own}`
  }
  return sql
}
