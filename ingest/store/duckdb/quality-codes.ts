import { type Quality, qualities } from '../../reading.ts'

/** How a quality is written; the numbers are in people's files and never change. */
export const qualityCodes: Readonly<Record<Quality, number>> = {
  good: 0,
  'out-of-range': 1,
  stuck: 2,
  spike: 3,
  stale: 4,
  'clock-skew': 5,
  late: 6,
}
/** Qualities by their code. */
export const qualitiesByCode: readonly Quality[] = [...qualities].sort((a, b) => qualityCodes[a] - qualityCodes[b])
export const skewCode = qualityCodes['clock-skew']

/** @throws Error when no quality has this code. */
export function qualityOfCode(code: number): Quality {
  const quality = qualitiesByCode[code]
  if (quality === undefined)
    throw new Error(`quality ${code} is not one of ours: the store was written by another program`)
  return quality
}
