import { inOrder, momentOf, type PackedReadings, stampCode, stampCodes } from '../../ingest/index.ts'

/** What a rule may make of a row. */
export const believe = {
  all: 0,
  /** Only a rule that judges what is doubtful looks at it. */
  doubtful: 1,
  /** A clock that is wrong says nothing about when, and what is no number nothing at all. */
  none: 2,
} as const

/** A stretch of one sensor's readings in the order of their moments, taken apart once for all rules. */
export type Rows = {
  readonly ats: Float64Array
  readonly values: Float64Array
  /** Of each row what `believe` says. */
  readonly belief: Uint8Array
}

/** As live judging looks at readings. */
export function rowsOf(readings: PackedReadings): Rows {
  const { stamps, values } = inOrder(readings)
  const ats = new Float64Array(stamps.length)
  const belief = new Uint8Array(stamps.length)
  for (let row = 0; row < stamps.length; row++) {
    const at = momentOf(stamps[row] as number)
    const code = (stamps[row] as number) - at * stampCodes
    ats[row] = at
    if (code === stampCode['clock-skew'] || !Number.isFinite(values[row] as number)) belief[row] = believe.none
    else if (code !== stampCode.good && code !== stampCode.late) belief[row] = believe.doubtful
  }
  return { ats, values, belief }
}

/** The same, not believing the rows that are marked. */
export function doubting({ ats, values, belief }: Rows, doubted: Uint8Array): Rows {
  return { ats, values, belief: belief.map((how, row) => (doubted[row] === 1 ? Math.max(how, believe.doubtful) : how)) }
}
