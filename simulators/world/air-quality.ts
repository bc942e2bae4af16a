import type { Asset } from '../../city/index.ts'
import { hourMs } from './calendar.ts'
import type { Drivers, Part, PartContext, Values } from './part.ts'
import { Character, lagged, rememberingPart } from './part.ts'

// Air over a street is exchanged in about an hour and a half, faster in wind.
const airMinutes = 90
const cabinetMinutes = 40

/** An air-quality station: traffic and heating against wind, rain and sun; a pump draws the sample into a cooled cabinet. */
export function airQualityStation(asset: Asset, context: PartContext): Part {
  const character = new Character(asset, context)
  const kerb = character.constant('kerb', 0.5, 1.2)
  const flow = character.constant('flow', 0.988, 1.012)
  const setPoint = character.constant('set-point', 21.5, 23)
  const region = character.wander('region', 20 * hourMs)
  const memory = [10, 25, 22]

  const advance = (drivers: Drivers) => {
    const { weather, demand, sunshine, at } = drivers
    const [dust = 10, nitrogen = 25, cabinet = 22] = memory
    const stillness = 1 / (0.45 + 0.2 * weather.wind)
    const heating = Math.max(0, 14 - weather.temperature) / 14
    const washed = weather.rain > 0.2 ? 0.55 : 1
    const dustNow = (4.5 + 7 * kerb * demand.traffic + 7 * heating) * stillness * washed * (1 + 0.18 * region(at))
    const nitrogenNow = (7 + 46 * kerb * demand.traffic + 7 * heating) * stillness * (1 + 0.12 * region(at))
    memory[0] = lagged(dust, Math.max(1.5, dustNow), airMinutes)
    memory[1] = lagged(nitrogen, Math.max(3, nitrogenNow), airMinutes)
    const warmth = 0.12 * Math.max(-8, Math.min(14, weather.temperature - 12)) + 1.4 * sunshine
    const lost = 25 * character.severity('cabinet-cooling', at)
    memory[2] = lagged(cabinet, setPoint + warmth + lost, cabinetMinutes)
  }

  const values = (drivers: Drivers): Values => {
    const [dust = 10, nitrogen = 25, cabinet = 22] = memory
    const { weather, sunshine, at } = drivers
    return {
      pm25: dust,
      pm10: 4 + dust * 1.55 + 0.5 * weather.wind,
      no2: nitrogen,
      // Ozone is made by the sun and eaten by the nitrogen oxides of traffic.
      ozone: Math.max(4, 46 + 1.1 * weather.temperature + 38 * sunshine - 0.75 * nitrogen),
      'sample-flow': Math.max(0.02, flow - 0.42 * character.severity('sampling-pump', at)),
      'cabinet-temperature': cabinet,
    }
  }
  return rememberingPart(asset, memory, advance, values)
}
