import { distance, type Line, lengthOf, type Point } from './geometry.ts'

/** A bend or a crossing of a street: where things can stand, and what pipes and cables run along. */
export type Spot = {
  readonly index: number
  readonly at: Point
  /** Index of its street, and how far along that street it is. */
  readonly street: number
  readonly along: number
}

export type Network = {
  readonly spots: readonly Spot[]
  /** The neighbours of each spot, along its street and over crossings. */
  readonly next: readonly (readonly number[])[]
}

// Streets have a point every 24 m: where two cross, their nearest points are at most this far apart.
const crossingReach = 19
// More tiles than any town has from north to south.
const tilesAcross = 100_000

/** The streets as a network of spots. */
export function networkOf(streets: readonly Line[]): Network {
  const spots: Spot[] = []
  const next: number[][] = []
  for (const [street, line] of streets.entries()) {
    let along = 0
    for (const [index, at] of line.entries()) {
      along += index === 0 ? 0 : distance(line[index - 1] ?? at, at)
      const spot = { index: spots.length, at, street, along }
      next.push(index === 0 ? [] : [spot.index - 1])
      if (index > 0) next[spot.index - 1]?.push(spot.index)
      spots.push(spot)
    }
  }
  joinCrossings(spots, next)
  return { spots, next }
}

/** Each spot is joined to those of other streets that pass by. */
function joinCrossings(spots: readonly Spot[], next: number[][]): void {
  const tiles = new Map<number, Spot[]>()
  const tile = (value: number): number => Math.floor(value / crossingReach)
  const keyOf = (x: number, y: number): number => x * tilesAcross + y
  for (const spot of spots) {
    const [column, row] = [tile(spot.at.x), tile(spot.at.y)]
    // Those before it are in their tiles already, so that every pair is met once.
    for (let x = column - 1; x <= column + 1; x += 1)
      for (let y = row - 1; y <= row + 1; y += 1)
        for (const other of tiles.get(keyOf(x, y)) ?? []) {
          if (other.street === spot.street || distance(spot.at, other.at) > crossingReach) continue
          next[spot.index]?.push(other.index)
          next[other.index]?.push(spot.index)
        }
    const key = keyOf(column, row)
    const list = tiles.get(key)
    if (list === undefined) tiles.set(key, [spot])
    else list.push(spot)
  }
}

/** How far every spot is from the nearest source, and its next spot on the way there. */
export type Ways = { readonly cost: Float64Array; readonly towards: Int32Array; readonly source: Int32Array }

/** Dijkstra from all sources at once. `price` is what it takes from a spot to its neighbour, seen from the source outwards. */
export function waysFrom(
  network: Network,
  sources: readonly number[],
  price: (from: Spot, to: Spot) => number = (from, to) => distance(from.at, to.at),
): Ways {
  const { spots, next } = network
  const cost = new Float64Array(spots.length).fill(Number.POSITIVE_INFINITY)
  const towards = new Int32Array(spots.length).fill(-1)
  const source = new Int32Array(spots.length).fill(-1)
  const queue = new Queue()
  for (const [index, spot] of sources.entries()) {
    cost[spot] = 0
    source[spot] = index
    queue.push(0, spot)
  }
  for (let taken = queue.pop(); taken !== undefined; taken = queue.pop()) {
    const from = spots[taken.item]
    if (from === undefined || taken.cost > (cost[taken.item] ?? 0)) continue
    for (const neighbour of next[taken.item] ?? []) {
      const to = spots[neighbour]
      if (to === undefined) continue
      const reached = taken.cost + price(from, to)
      if (reached >= (cost[neighbour] ?? 0)) continue
      cost[neighbour] = reached
      towards[neighbour] = taken.item
      source[neighbour] = source[taken.item] ?? -1
      queue.push(reached, neighbour)
    }
  }
  return { cost, towards, source }
}

/** The streets that can be reached from the first one. */
export function connected(streets: readonly Line[]): boolean[] {
  const network = networkOf(streets)
  const { cost } = waysFrom(network, [0])
  const reached = streets.map(() => false)
  for (const spot of network.spots) if (Number.isFinite(cost[spot.index])) reached[spot.street] = true
  return reached.map((each, index) => each && lengthOf(streets[index] ?? []) > 0)
}

/** A binary heap of spots by cost. */
class Queue {
  readonly #heap: { cost: number; item: number }[] = []

  push(cost: number, item: number): void {
    const heap = this.#heap
    heap.push({ cost, item })
    for (let at = heap.length - 1; at > 0; ) {
      const parent = (at - 1) >> 1
      if (!this.#swapIfLess(at, parent)) return
      at = parent
    }
  }

  pop(): { cost: number; item: number } | undefined {
    const heap = this.#heap
    const [first] = heap
    const last = heap.pop()
    if (first === undefined || last === undefined || heap.length === 0) return first
    heap[0] = last
    for (let at = 0; ; ) {
      const left = 2 * at + 1
      const right = left + 1
      const child = (heap[right]?.cost ?? Number.POSITIVE_INFINITY) < (heap[left]?.cost ?? 0) ? right : left
      if (child >= heap.length || !this.#swapIfLess(child, at)) return first
      at = child
    }
  }

  #swapIfLess(lower: number, upper: number): boolean {
    const [one, other] = [this.#heap[lower], this.#heap[upper]]
    if (one === undefined || other === undefined || one.cost >= other.cost) return false
    this.#heap[lower] = other
    this.#heap[upper] = one
    return true
  }
}
