import type { Row } from './reporter.ts'

/** One message on `telemetry/{asset}` and how many readings it holds. */
export type Outgoing = {
  readonly topic: string
  readonly payload: string
  readonly readings: number
  readonly rows: number
}

// A quarter of what the broker takes as one message: a back-log stays small on a slow link, and is soon acknowledged.
const rowsPerMessageMax = 200
const bytesPerMessageMax = 65_536

function textOf(row: Row): string {
  return JSON.stringify({ observedAt: row.observedAt, values: row.values })
}

/** The next message from the front of an asset's rows: one row as an object, several as an array. */
export function nextMessage(asset: string, rows: readonly Row[]): Outgoing | undefined {
  const first = rows[0]
  if (first === undefined) return undefined
  const texts = [textOf(first)]
  let bytes = (texts[0]?.length ?? 0) + 2
  let readings = first.count
  for (const row of rows.slice(1, rowsPerMessageMax)) {
    const text = textOf(row)
    // Names and numbers are plain ASCII: a character is a byte.
    if (bytes + text.length + 1 > bytesPerMessageMax) break
    bytes += text.length + 1
    readings += row.count
    texts.push(text)
  }
  const payload = texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(',')}]`
  return { topic: `telemetry/${asset}`, payload, readings, rows: texts.length }
}
