import { seeded } from '../../support/randomness.ts'

/** Standard normal numbers, of which each resembles the one before by `correlation`. */
export function noise(seed: number, correlation = 0): () => number {
  const random = seeded(seed)
  let last = 0
  return () => {
    const fresh = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
    last = correlation * last + Math.sqrt(1 - correlation ** 2) * fresh
    return last
  }
}
