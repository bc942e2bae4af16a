import type { Slab } from './slabs.ts'

/** How slabs are merged into larger ones. */
export type MergeRules = {
  /** So many neighbours of like size become one: each reading is written once per size, so larger means less work. */
  readonly fanout: number
  /** A slab with so many readings of each sensor is finished: longer runs hardly take less space. */
  readonly rowsPerSensor: number
  /** Nor is it finished below so many rows: the number of slabs, and so the time of a query, stays small. */
  readonly rowsMin: number
  /** Slabs beyond this are never made: the disk has to hold one more while it is made. */
  readonly rowsMax: number
  /** So many are merged before other work gets its turn. */
  readonly rowsPerStep: number
}

/** A step is some tenths of a second of work, in some 60 MB. */
export const mergeRules: MergeRules = {
  fanout: 8,
  rowsPerSensor: 20_000,
  rowsMin: 8_000_000,
  rowsMax: 1_000_000_000,
  rowsPerStep: 1_000_000,
}

/**
 * The slabs to merge next: neighbours in time, the smallest size first, at least `fanout` of them. A size is a power of
 * `fanout`, and smaller ones between larger ones go along, so that fewer than `fanout` of a size are left alone.
 * @param slabs in order of receipt
 */
export function slabsToMerge(slabs: readonly Slab[], rules: MergeRules): readonly Slab[] | undefined {
  const unfinished = slabs.filter((slab) => !isFinished(slab, rules))
  const sizeOf = (slab: Slab) => Math.floor(Math.log(Math.max(1, slab.rows)) / Math.log(rules.fanout) + 1e-9)
  const sizes = [...new Set(unfinished.map(sizeOf))].sort((a, b) => a - b)
  for (const size of sizes) {
    let run: Slab[] = []
    let rows = 0
    for (const slab of unfinished) {
      if (sizeOf(slab) > size || rows + slab.rows > rules.rowsMax) {
        run = []
        rows = 0
      }
      if (sizeOf(slab) > size) continue
      run.push(slab)
      rows += slab.rows
      if (run.length === rules.fanout) return run
    }
  }
  return undefined
}

function isFinished({ rows, sensors }: Slab, { rowsMin, rowsPerSensor }: MergeRules): boolean {
  return rows >= rowsMin && rows >= sensors * rowsPerSensor
}
