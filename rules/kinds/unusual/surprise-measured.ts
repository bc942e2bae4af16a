import { type AnomalyTerm, anomalyTerms } from '../../detection/anomaly/index.ts'

/** What a reason is made from. */
export type Measured = {
  readonly value: number
  /** In hundredths. */
  readonly score: number
  readonly term: AnomalyTerm
  /** Which of the quantities that the rule names. */
  readonly input: number
}

/*
 * An alarm keeps one number of what was measured. Here that is the value, true to seven digits as a sensor's is at best; the
 * 29 bits of a double below those hold the score, the term and the sensor, so that the reason survives every restart.
 */
const packed = new Float64Array(1)
const words = new Uint32Array(packed.buffer)
// Which of the two words is the lower one depends on the machine.
packed[0] = 1
const low = words[0] === 0 ? 0 : 1

const scoreBits = 12
const termBits = 3
const inputBits = 10
const ofValue = 0xe000_0000
const mostScore = 2 ** scoreBits - 1

export function packMeasured(value: number, score: number, term: AnomalyTerm, input: number): number {
  packed[0] = Math.fround(value)
  const hundredths = Math.min(mostScore, Math.round(score * 100))
  const number = anomalyTerms.indexOf(term)
  const rest = (((input << termBits) | number) << scoreBits) | hundredths
  words[low] = ((words[low] as number) & ofValue) | rest
  return packed[0] as number
}

export function unpackMeasured(measured: number): Measured {
  packed[0] = measured
  const rest = (words[low] as number) & ~ofValue
  words[low] = (words[low] as number) & ofValue
  return {
    value: packed[0] as number,
    score: (rest & mostScore) / 100,
    term: anomalyTerms[(rest >>> scoreBits) & (2 ** termBits - 1)] ?? 'level',
    input: (rest >>> (scoreBits + termBits)) & (2 ** inputBits - 1),
  }
}
