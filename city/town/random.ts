// Bound once: a town asks for these ten million times, and in Jest's realm every look-up of a global is slow.
const { cos, floor, imul, sin } = Math

/** Numbers that only a seed decides: the same town on every machine, for ever. */
export type Random = {
  /** In [0, 1). */
  next(): number
  between(low: number, high: number): number
  /** A whole number from `low` to `high`, both included. */
  whole(low: number, high: number): number
  chance(share: number): boolean
  pick<T>(items: readonly T[]): T
  shuffled<T>(items: readonly T[]): T[]
}

/** mulberry32: 32 bits of state, plenty for placing some thousand things. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  const whole = (low: number, high: number): number => low + floor(next() * (high - low + 1))
  return {
    next,
    whole,
    between: (low, high) => low + next() * (high - low),
    chance: (share) => next() < share,
    pick<T>(items: readonly T[]): T {
      const item = items[whole(0, items.length - 1)]
      if (item === undefined) throw new Error('nothing to pick from')
      return item
    },
    shuffled<T>(items: readonly T[]): T[] {
      const left = [...items]
      for (let last = left.length - 1; last > 0; last -= 1) {
        const other = whole(0, last)
        const [one, two] = [left[last], left[other]]
        if (one !== undefined && two !== undefined) [left[last], left[other]] = [two, one]
      }
      return left
    },
  }
}

/** A smooth field over the plane, from -1 to 1, that varies over about `scale` metres. */
export function smoothField(random: Random, scale: number): (x: number, y: number) => number {
  // A sum of waves in fixed directions is smooth everywhere and costs no table.
  const waves = Array.from({ length: 5 }, () => {
    const direction = random.between(0, Math.PI * 2)
    const turns = random.between(0.7, 1.4) / scale
    return {
      kx: cos(direction) * turns * Math.PI * 2,
      ky: sin(direction) * turns * Math.PI * 2,
      phase: random.between(0, Math.PI * 2),
    }
  })
  return (x, y) => {
    let sum = 0
    for (const { kx, ky, phase } of waves) sum += sin(x * kx + y * ky + phase)
    return sum / waves.length
  }
}
