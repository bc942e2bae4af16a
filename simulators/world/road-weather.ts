import type { Asset } from '../../city/index.ts'
import { hourMs } from './calendar.ts'
import type { Drivers, Part, PartContext, Values } from './part.ts'
import { Character, lagged, rememberingPart } from './part.ts'

const surfaceMinutes = 45
const sunOnRoad = 15
// A clear night sky cools the road below the air.
const skyCooling = 2.6

/** A road-weather station, on a mast with a solar panel and a battery. */
export function roadWeatherStation(asset: Asset, context: PartContext): Part {
  const character = new Character(asset, context)
  const height = character.constant('height', -0.7, 0.7)
  const exposure = character.constant('exposure', 0.8, 1.2)
  const battery = character.constant('battery', 12.62, 12.78)
  const eddies = character.wander('eddies', 0.5 * hourMs)
  const memory = [10, 0.3]

  const advance = (drivers: Drivers) => {
    const [surface = 10, charge = 0.3] = memory
    const { weather, sunElevation, sunshine } = drivers
    const cooling = sunElevation < 0 ? skyCooling * (1 - weather.cloud) : 0
    const wet = weather.rain > 0.1 ? 0.4 : 1
    memory[0] = lagged(surface, weather.temperature + sunOnRoad * sunshine * wet - cooling, surfaceMinutes)
    memory[1] = lagged(charge, sunshine, 180)
  }

  const values = (drivers: Drivers): Values => {
    const { at, weather } = drivers
    const [surface = 10, charge = 0.3] = memory
    const blocked = character.severity('gauge-blocked', at)
    // A clogged funnel holds the rain back and drips for days.
    const rain = weather.rain * exposure * Math.max(0, 1 - blocked) + (blocked > 0 ? 0.12 + 0.5 * blocked : 0)
    const charging = 0.75 * Math.min(1, 1.6 * drivers.sunshine) + 0.4 * charge
    return {
      'air-temperature': weather.temperature + height + 0.25 * eddies(at),
      'surface-temperature': surface + 0.8 * height,
      humidity: Math.min(100, Math.max(15, weather.humidity - 2 * height + eddies(at))),
      rain: rain,
      wind: Math.max(0.1, weather.wind * exposure + 0.3 * eddies(at)),
      'supply-voltage': battery + charging - 2.5 * character.severity('power-supply', at),
    }
  }
  return rememberingPart(asset, memory, advance, values)
}
