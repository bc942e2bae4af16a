/** What a sensor sends in turn; `undefined` is no reading. */
export type SeriesSamples = readonly (number | undefined)[]

// A year of 5-minute readings; more in one token is a typing mistake that would fill the memory.
const samplesMax = 110_000

const repeated = /^([+-]?\d+(?:\.\d+)?)(?:([+-]\d+(?:\.\d+)?))?x(\d+)$/
const blanks = /^_(?:x(\d+))?$/

/**
 * Reads promtool's notation: `0.4` is one sample, `0.4x3` four of them (the first and three further), `0.4+0.1x3` rises by
 * 0.1 each time, `_` is no sample and `_x5` five times none.
 */
export function parseSeries(text: string): SeriesSamples {
  return text
    .trim()
    .split(/\s+/)
    .filter((token) => token !== '')
    .flatMap((token) => samplesOf(token))
}

function samplesOf(token: string): SeriesSamples {
  const none = blanks.exec(token)
  if (none !== null) return Array.from({ length: bounded(token, Number(none[1] ?? 1)) }, () => undefined)
  const run = repeated.exec(token)
  if (run !== null) {
    const [, start = '0', step = '0', further = '0'] = run
    const decimals = Math.max(decimalsOf(start), decimalsOf(step))
    return Array.from({ length: bounded(token, Number(further) + 1) }, (_, index) =>
      // 0.1 + 0.2 is 0.3 for whoever writes a series.
      Number((Number(start) + index * Number(step)).toFixed(decimals)),
    )
  }
  const value = Number(token)
  if (token === '' || !Number.isFinite(value))
    throw new SyntaxError(`"${token}": expected a number, a+bxn, axn, _ or _xn`)
  return [value]
}

function bounded(token: string, count: number): number {
  if (count <= samplesMax) return count
  throw new SyntaxError(`"${token}": expected at most ${samplesMax} samples`)
}

function decimalsOf(number: string): number {
  return number.split('.')[1]?.length ?? 0
}
