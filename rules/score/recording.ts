import type { Instant } from '../../city/index.ts'

/** A row that could not be used; `line` counts from 1, the header included. */
export type RowFault = { readonly line: number; readonly message: string }

/** One recorded series, its rows as they stand in the file. */
export type RecordedSeries = {
  /** Path below the folder. */
  readonly file: string
  readonly asset: string
  readonly quantity: string
  /** The moment of each row; `NaN` where it could not be read. */
  readonly at: Float64Array
  /** `NaN` where it could not be read. */
  readonly values: Float64Array
  /** The rows in the order of their moments; unreadable ones and repeated moments left out. */
  readonly order: Uint32Array
  /** The time and value columns as written, for files that must give every row back. */
  readonly written: readonly string[]
  /** The first of the rows that are odd, and how many there are. */
  readonly faults: readonly RowFault[]
  readonly oddRows: number
}

/** A time in which something was wrong, as people marked it. No `quantity`: with the asset as a whole. */
export type LabelledEvent = {
  readonly asset: string
  readonly quantity: string | undefined
  readonly startAt: Instant
  readonly endAt: Instant
}

/** `unified`: `series/<asset>__<quantity>.csv`; `nab`: `data/<category>/<file>.csv`. */
export type Layout = 'unified' | 'nab'

export type Recording = {
  readonly folder: string
  readonly layout: Layout
  readonly series: readonly RecordedSeries[]
  /** Files that are no series at all, with what was wrong. */
  readonly unreadable: readonly { readonly file: string; readonly message: string }[]
}
