// Numbers: half a megabyte, the state of some thousand sensors.
const roomNumbers = 65_536

let room = new Float64Array(0)
let taken = 0

/**
 * The same numbers, in a buffer that many sensors share. A `Float64Array` with a buffer of its own weighs some 250 bytes
 * beside its numbers, which for a million sensors is a quarter of a gigabyte. What a sensor no longer uses stays taken
 * as long as a neighbour is in use, as in Node's pool of small buffers.
 */
export function inSharedRoom(state: Float64Array): Float64Array {
  if (state.length > roomNumbers / 16) return state
  if (taken + state.length > room.length) {
    room = new Float64Array(roomNumbers)
    taken = 0
  }
  const place = room.subarray(taken, taken + state.length)
  taken += state.length
  place.set(state)
  return place
}
