/**
 * Chance without memory: every number is a function of (seed, stream, step), so that a value at a moment does not depend
 * on how often or in which order the world was asked, and a restart goes on with the same town.
 */

// Looked up once: these run millions of times, and a global costs where the code runs in a context of its own.
const { imul, floor } = Math
const bellScale = Math.sqrt(3)

/** FNV-1a over a name: the stream of one sensor, asset or purpose. */
export function streamOf(name: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < name.length; index += 1) hash = imul(hash ^ name.charCodeAt(index), 0x01000193)
  return hash >>> 0
}

/** 32 well-mixed bits (murmur3's finaliser over the three words). */
function bits(seed: number, stream: number, step: number): number {
  // A step may be larger than 32 bits (milliseconds); its upper half is folded in.
  let mixed = imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ imul(stream, 0xc2b2ae35)
  mixed ^= imul((step | 0) ^ imul(floor(step / 4_294_967_296), 0x27d4eb2f), 0x165667b1)
  mixed = imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  mixed = imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  mixed = imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d)
  return (mixed ^ (mixed >>> 16)) >>> 0
}

/** Even over [0, 1). */
export function chance(seed: number, stream: number, step: number): number {
  return bits(seed, stream, step) / 4_294_967_296
}

/** Even over [low, high). */
export function between(low: number, high: number, seed: number, stream: number, step: number): number {
  return low + (high - low) * chance(seed, stream, step)
}

/**
 * Bell-shaped with mean 0 and deviation 1, never beyond ±3.5: the sum of four even numbers of 16 bits. A good instrument
 * does not report a six-sigma value; real spikes are made on purpose (see trouble/).
 */
export function bell(seed: number, stream: number, step: number): number {
  const first = bits(seed, stream, step)
  const second = bits(seed ^ 0x5bd1e995, stream, step)
  const sum = (first & 0xffff) + (first >>> 16) + (second & 0xffff) + (second >>> 16)
  return (sum / 65_536 - 2) * bellScale
}

/** A slow, smooth wander with deviation about 0.8 that changes its mind every `periodMs`. */
export function wander(seed: number, stream: number, at: number, periodMs: number): number {
  const position = at / periodMs
  const step = floor(position)
  const along = position - step
  const eased = along * along * (3 - 2 * along)
  return bell(seed, stream, step) * (1 - eased) + bell(seed, stream, step + 1) * eased
}
