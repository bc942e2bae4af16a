import type { Instant } from './instant.ts'

const degrees = Math.PI / 180
const dayMs = 86_400_000
const j2000At = Date.UTC(2000, 0, 1, 12)

/** The sun stands on the horizon, refraction and its own radius counted. */
export const horizonDegrees = -0.833

/**
 * Height of the sun over the horizon in degrees. Low-precision formula of the Astronomical Almanac: good to a few
 * hundredths of a degree, which is seconds of sunset.
 */
export function sunElevation(at: Instant, latitude: number, longitude: number): number {
  const days = (at - j2000At) / dayMs
  const anomaly = (357.528 + 0.9856003 * days) * degrees
  const eclipticLongitude =
    (280.46 + 0.9856474 * days + 1.915 * Math.sin(anomaly) + 0.02 * Math.sin(2 * anomaly)) * degrees
  const obliquity = 23.439 * degrees
  const declination = Math.asin(Math.sin(obliquity) * Math.sin(eclipticLongitude))
  const rightAscension = Math.atan2(Math.cos(obliquity) * Math.sin(eclipticLongitude), Math.cos(eclipticLongitude))
  const siderealDegrees = 280.46062 + 360.98564737 * days + longitude
  const hourAngle = siderealDegrees * degrees - rightAscension
  const sine =
    Math.sin(latitude * degrees) * Math.sin(declination) +
    Math.cos(latitude * degrees) * Math.cos(declination) * Math.cos(hourAngle)
  return Math.asin(Math.max(-1, Math.min(1, sine))) / degrees
}
