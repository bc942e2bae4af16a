/*
 * The scoring of the Numenta Anomaly Benchmark, v1.1. A window of about a tenth of a file lies around each labelled moment;
 * per window the earliest detection counts, the earlier the more; each row detected outside costs a little. The best
 * possible is 100, saying nothing 0.
 */

/** What a found window, a false row and a missed window weigh. */
export const nabProfiles = [
  { id: 'standard', found: 1, falseRow: 0.11, missed: 1 },
  { id: 'low FP', found: 1, falseRow: 0.22, missed: 1 },
  { id: 'low FN', found: 1, falseRow: 0.11, missed: 2 },
] as const

export type NabProfile = (typeof nabProfiles)[number]

/** The first rows of a file are not scored: there a detector may learn. */
const probationShare = 0.15
const probationRowsMax = 750

const outside = -1
const probation = -2

/** One file made ready: per row the window it lies in, and what a detection there is worth before the weights. */
export type NabFile = {
  readonly key: string
  readonly windowOf: Int32Array
  readonly worth: Float64Array
  readonly windows: number
  /** Windows that reach beyond the probation. */
  readonly scoredWindows: number
}

export type NabMeasure = {
  readonly score: number
  readonly found: number
  readonly windows: number
  readonly falseRows: number
}

/** 1 far before, 0 at the end of a window, -1 well after it. */
function sigmoid(place: number): number {
  return place > 3 ? -1 : 2 / (1 + Math.exp(5 * place)) - 1
}

const earliest = sigmoid(-1)

/** `times` and the windows' edges are written alike: `2014-04-10 16:15:00`. */
export function nabFile(
  key: string,
  times: readonly string[],
  windows: readonly (readonly [string, string])[],
): NabFile {
  const rows = times.length
  const windowOf = new Int32Array(rows).fill(outside)
  const worth = new Float64Array(rows)
  const probationRows = Math.min(Math.floor(probationShare * rows), probationRowsMax)
  const firstRow = new Map<string, number>()
  times.forEach((time, row) => {
    if (!firstRow.has(time)) firstRow.set(time, row)
  })
  let next = 0
  let current:
    | { readonly window: number; readonly last: number; readonly length: number; readonly end: string }
    | undefined
  let before: { readonly last: number; readonly length: number } | undefined
  for (let row = 0; row < rows; row++) {
    const upcoming = windows[next]
    if (upcoming !== undefined && times[row] === upcoming[0]) {
      const first = firstRow.get(upcoming[0]) ?? row
      const last = firstRow.get(upcoming[1]) ?? rows - 1
      current = { window: next, last, length: last - first + 1, end: upcoming[1] }
      next++
    }
    if (current !== undefined) {
      worth[row] = sigmoid(-(current.last - row + 1) / current.length) / earliest
      windowOf[row] = current.window
    } else worth[row] = before === undefined ? -1 : sigmoid(Math.abs(before.last - row) / (before.length - 1))
    if (row < probationRows) windowOf[row] = probation
    if (current !== undefined && times[row] === current.end) {
      before = current
      current = undefined
    }
  }
  return {
    key,
    windowOf,
    worth,
    windows: windows.length,
    scoredWindows: new Set(windowOf.filter((at) => at >= 0)).size,
  }
}

/** How times are written in windows and files alike, so that they can be compared. */
export function nabTime(written: string): string {
  return written.replace('T', ' ').slice(0, 19)
}

/** A file and what a detector said about its rows. */
export type ScoredFile = { readonly file: NabFile; readonly scores: Float64Array }

/** What one file adds to the corpus' score. */
export type NabPart = {
  readonly raw: number
  readonly found: number
  readonly falseRows: number
  readonly windows: number
  readonly scoredWindows: number
}

/** One file with every row detected that scores at least `threshold`. */
export function nabPart({ file, scores }: ScoredFile, threshold: number, profile: NabProfile): NabPart {
  let raw = 0
  let falseRows = 0
  const best = new Map<number, number>()
  for (let row = 0; row < scores.length; row++) {
    if ((scores[row] as number) < threshold) continue
    const window = file.windowOf[row] as number
    const worth = file.worth[row] as number
    if (window >= 0) best.set(window, Math.max(best.get(window) ?? -profile.missed, worth * profile.found))
    else if (window === outside) {
      raw += worth * profile.falseRow
      falseRows++
    }
  }
  for (const worth of best.values()) raw += worth
  raw -= profile.missed * (file.scoredWindows - best.size)
  const found = [...best.values()].filter((worth) => worth > -profile.missed).length
  return { raw, found, falseRows, windows: file.windows, scoredWindows: file.scoredWindows }
}

/** The corpus' score, and what it is made of. */
export function nabTotal(parts: readonly NabPart[], profile: NabProfile): NabMeasure {
  const sum = (of: (part: NabPart) => number) => parts.reduce((total, part) => total + of(part), 0)
  const windows = sum((part) => part.scoredWindows)
  const nothing = -profile.missed * windows
  const perfect = sum((part) => part.windows) * profile.found
  return {
    score: perfect === nothing ? Number.NaN : (100 * (sum((part) => part.raw) - nothing)) / (perfect - nothing),
    found: sum((part) => part.found),
    windows,
    falseRows: sum((part) => part.falseRows),
  }
}

export function measureNab(files: readonly ScoredFile[], threshold: number, profile: NabProfile): NabMeasure {
  return nabTotal(
    files.map((each) => nabPart(each, threshold, profile)),
    profile,
  )
}

/** The threshold that gives the best score, chosen with the labels: what the benchmark itself publishes. */
export function sweepNab(
  files: readonly ScoredFile[],
  profile: NabProfile,
): { readonly score: number; readonly threshold: number } {
  const rows = files.flatMap(({ file, scores }, index) =>
    Array.from(scores, (score, row) => ({
      score,
      window: file.windowOf[row] as number,
      worth: file.worth[row] as number,
      index,
    })),
  )
  const scored = rows.filter(({ window }) => window !== probation).sort((one, other) => other.score - one.score)
  const best = new Map<string, number>()
  const nothing = measureNab(files, Number.POSITIVE_INFINITY, profile)
  const scoredWindows = nothing.windows
  let gained = 0
  let most = { gained: 0, threshold: Number.POSITIVE_INFINITY }
  scored.forEach(({ score, window, worth, index }, place) => {
    if (window === outside) gained += worth * profile.falseRow
    else {
      const key = `${index}/${window}`
      const before = best.get(key) ?? -profile.missed
      const now = Math.max(before, worth * profile.found)
      gained += now - before
      best.set(key, now)
    }
    // All rows of one score are detected together.
    if (scored[place + 1]?.score !== score && gained > most.gained) most = { gained, threshold: score }
  })
  const perfect = files.reduce((sum, { file }) => sum + file.windows, 0) * profile.found
  return { score: (100 * most.gained) / (perfect + profile.missed * scoredWindows), threshold: most.threshold }
}
