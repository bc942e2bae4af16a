import { seededRandom } from '../detection/life/seeded-random.ts'

/** An interval that a share of the resamples fell into. */
export type Interval = { readonly low: number; readonly high: number }

const resamples = 1_000
const tail = 0.05

/**
 * How far a figure would move with other assets of the same kind: the groups drawn anew, with replacement, from those there
 * are (90 %). `undefined` with fewer than three groups, which say nothing about others.
 */
export function bootstrap<Group>(
  groups: readonly Group[],
  figure: (drawn: readonly Group[]) => number | undefined,
  seed: number,
): Interval | undefined {
  if (groups.length < 3) return undefined
  const random = seededRandom(seed)
  const figures: number[] = []
  for (let round = 0; round < resamples; round++) {
    const drawn = groups.map(() => groups[Math.floor(random() * groups.length)] as Group)
    const found = figure(drawn)
    if (found !== undefined && Number.isFinite(found)) figures.push(found)
  }
  figures.sort((one, other) => one - other)
  const at = (share: number) => figures[Math.min(figures.length - 1, Math.floor(share * figures.length))]
  const [low, high] = [at(tail), at(1 - tail)]
  return low === undefined || high === undefined ? undefined : { low, high }
}
