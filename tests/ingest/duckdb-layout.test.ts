import { describe, expect, test } from '@jest/globals'
import type { Fresh } from '../../ingest/store/duckdb/fresh-file.ts'
import { keptSql, Shelf } from '../../ingest/store/duckdb/layout.ts'
import { mergeRules, slabsToMerge } from '../../ingest/store/duckdb/merge-plan.ts'
import type { Slab } from '../../ingest/store/duckdb/slabs.ts'
import { fc } from '../support/fast-check.ts'

function slabOf(id: number, rows: number, sensors = 1_000_000): Slab {
  return { id, rows, sensors, observedFrom: id * 100, observedTo: id * 100 + 99, receivedTo: id * 100 + 99 }
}

function freshOf(generation: number): Fresh {
  const catalog = `fresh_${generation}`
  const table = (name: string) => `${catalog}.${name}`
  const state = { replaces: false }
  return {
    generation,
    catalog,
    readings: table('readings'),
    replaced: table('replaced'),
    sensors: table('sensors'),
    state,
  }
}

describe('which slabs are merged', () => {
  const rules = { ...mergeRules, fanout: 4 }
  const merged = (slabs: readonly Slab[]) => slabsToMerge(slabs, rules)?.map(({ id }) => id)

  test('as many neighbours of one size as the fan-out says, the earliest first; fewer are left', () => {
    const slabs = [1, 2, 3, 4, 5].map((id) => slabOf(id, 1_000))
    expect(merged(slabs)).toEqual([1, 2, 3, 4])
    expect(merged(slabs.slice(0, 3))).toBeUndefined()
  })

  test('small ones before large ones; small ones between large ones go along', () => {
    const large = [1, 2, 3, 4].map((id) => slabOf(id, 1_000_000))
    const small = [5, 6, 7, 8].map((id) => slabOf(id, 1_000))
    expect(merged([...large, ...small])).toEqual([5, 6, 7, 8])
    expect(merged([slabOf(1, 1_000_000), slabOf(2, 10), slabOf(3, 1_000_000), slabOf(4, 10)])).toEqual([1, 2, 3, 4])
  })

  test('not those with long runs of every sensor, nor into more than the most', () => {
    expect(merged([1, 2, 3, 4].map((id) => slabOf(id, 40_000_000, 2_000)))).toBeUndefined()
    expect(merged([1, 2, 3, 4].map((id) => slabOf(id, 40_000_000, 2_001)))).toEqual([1, 2, 3, 4])
    expect(merged([1, 2, 3, 4].map((id) => slabOf(id, 300_000_000)))).toBeUndefined()
  })

  test('however slabs come, few of each size stay and each reading is written once per size', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 3_000 }), { minLength: 1, maxLength: 300 })
    fc.assert(
      fc.property(sizes, (arriving) => {
        let slabs: Slab[] = []
        let id = 0
        let written = 0
        const total = arriving.reduce((sum, rows) => sum + rows, 0)
        for (const rows of arriving) {
          slabs.push(slabOf(++id, rows))
          for (let run = slabsToMerge(slabs, rules); run !== undefined; run = slabsToMerge(slabs, rules)) {
            const together = run.reduce((sum, slab) => sum + slab.rows, 0)
            const last = run.at(-1) as Slab
            const chosen = new Set(run)
            slabs = slabs.flatMap((slab) =>
              slab === last
                ? [{ ...slabOf(++id, together), receivedTo: last.receivedTo }]
                : chosen.has(slab)
                  ? []
                  : [slab],
            )
            written += together
          }
        }
        const sizesThere = Math.ceil(Math.log(total + 1) / Math.log(rules.fanout)) + 1
        expect(slabs.length).toBeLessThanOrEqual((rules.fanout - 1) * sizesThere)
        expect(slabs.reduce((sum, { rows }) => sum + rows, 0)).toBe(total)
        expect(written).toBeLessThanOrEqual(total * 2 * sizesThere)
      }),
    )
  })
})

describe('who reads', () => {
  test('keeps what its layout names until it is done', async () => {
    const [one, other] = [freshOf(1), freshOf(2)]
    const shelf = new Shelf({ slabs: [slabOf(1, 10)], fresh: [one] })
    let finish = () => {}
    const reading = shelf.borrow(() => new Promise<void>((resolve) => (finish = resolve)))
    let released = false
    const release = shelf.change({ fresh: [other] }).then(() => {
      released = true
    })
    await shelf.borrow(async (layout) => expect(layout.fresh).toEqual([other]))
    expect(released).toBe(false)
    finish()
    await reading
    await release
    expect(released).toBe(true)
  })

  test('reads again when a fresh file began to replace older readings meanwhile', async () => {
    const fresh = freshOf(1)
    const shelf = new Shelf({ slabs: [slabOf(1, 10)], fresh: [fresh] })
    const seen: boolean[] = []
    await shelf.borrow(async (layout) => {
      seen.push(keptSql(layout, 'true', {}).includes(fresh.replaced))
      fresh.state.replaces = true
    })
    expect(seen).toEqual([false, true])
  })

  test('passes over slabs that hold nothing of the span', () => {
    const layout = { slabs: [1, 2, 3].map((id) => slabOf(id, 10)), fresh: [freshOf(1)] }
    const sql = keptSql(layout, 'true', { observedFrom: 250, observedTo: 299 })
    expect([1, 2, 3].map((id) => sql.includes(`slab_${id} `))).toEqual([false, true, false])
  })
})
