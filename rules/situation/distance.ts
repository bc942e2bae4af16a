import type { Place } from '../../city/index.ts'

const earthRadiusM = 6_371_008.8
const radians = Math.PI / 180

/** Metres between two places (WGS 84, on a sphere: off by half a percent at most). */
export function distanceM(one: Place, other: Place): number {
  const dLatitude = (other.latitude - one.latitude) * radians
  const dLongitude = (other.longitude - one.longitude) * radians
  const across =
    Math.sin(dLatitude / 2) ** 2 +
    Math.cos(one.latitude * radians) * Math.cos(other.latitude * radians) * Math.sin(dLongitude / 2) ** 2
  return 2 * earthRadiusM * Math.asin(Math.min(1, Math.sqrt(across)))
}
