/**
 * The median of a stream in eleven numbers: the P² algorithm (Jain and Chlamtac 1985, "The P² algorithm for dynamic
 * calculation of quantiles and histograms without storing observations"). Exact up to five values. A spike moves it by no
 * more than its place in the order.
 */
export const medianSlots = 11

/** count, then five heights in order, then their places in the order. */
const height = 1
const place = 6
const markers = 5

export function startMedian(state: Float64Array, base: number): void {
  state[base] = 0
}

export function addToMedian(state: Float64Array, base: number, value: number): void {
  const count = (state[base] as number) + 1
  state[base] = count
  if (count <= markers) {
    insertSorted(state, base + height, count, value)
    if (count === markers) for (let marker = 0; marker < markers; marker++) state[base + place + marker] = marker + 1
    return
  }
  const lowest = base + height
  const highest = lowest + markers - 1
  if (value < (state[lowest] as number)) state[lowest] = value
  else if (value > (state[highest] as number)) state[highest] = value
  // Markers above the value move one place up; the last always does.
  for (let marker = 1; marker < markers; marker++)
    if (marker === markers - 1 || value < (state[lowest + marker] as number))
      state[base + place + marker] = (state[base + place + marker] as number) + 1
  for (let marker = 1; marker < markers - 1; marker++) adjust(state, base, marker, 1 + ((count - 1) * marker) / 4)
}

/** `NaN` while there is no value. */
export function medianOf(state: Float64Array, base: number): number {
  const count = state[base] as number
  if (count > markers) return state[base + height + 2] as number
  if (!(count > 0)) return Number.NaN
  const upper = state[base + height + (count >> 1)] as number
  return count % 2 === 1 ? upper : (upper + (state[base + height + (count >> 1) - 1] as number)) / 2
}

function insertSorted(state: Float64Array, from: number, count: number, value: number): void {
  let at = from + count - 1
  for (; at > from && (state[at - 1] as number) > value; at--) state[at] = state[at - 1] as number
  state[at] = value
}

/** Moves a marker by one towards where it should be: along a parabola through its neighbours, or a line where that overshoots. */
function adjust(state: Float64Array, base: number, marker: number, wanted: number): void {
  const q = base + height + marker
  const n = base + place + marker
  const here = state[n] as number
  const below = state[n - 1] as number
  const above = state[n + 1] as number
  const off = wanted - here
  const step = off >= 1 && above - here > 1 ? 1 : off <= -1 && below - here < -1 ? -1 : 0
  if (step === 0) return
  const low = state[q - 1] as number
  const mid = state[q] as number
  const high = state[q + 1] as number
  const curved =
    mid +
    (step / (above - below)) *
      (((here - below + step) * (high - mid)) / (above - here) + ((above - here - step) * (mid - low)) / (here - below))
  const isBetween = low < curved && curved < high
  state[q] = isBetween ? curved : step > 0 ? mid + (high - mid) / (above - here) : mid - (low - mid) / (below - here)
  state[n] = here + step
}
