/** How many watches may be awake, and from how many sensors on that is a bound. */
export type AwakeBounds = { readonly awakeMax: number; readonly from: number }

// With a day's past, or the hours that are held of very many.
const awakeBytes = 12_000
// One at rest takes a fraction, and to be woken and put to rest 25 to 40 microseconds: all are awake where they fit. Where
// they do not, most of the memory is for those at rest.
const awakeShare = 1 / 16

/** All sensors are awake as long as they fit into so many megabytes. */
export function awakeBoundsFor(megabytes: number): AwakeBounds {
  const from = Math.floor((megabytes * 2 ** 20) / awakeBytes)
  return { from, awakeMax: Math.ceil(from * awakeShare) }
}

export const awakeBoundsUsual = awakeBoundsFor(1_024)
