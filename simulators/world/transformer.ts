import type { Asset } from '../../city/index.ts'
import { dayMs, hourMs } from './calendar.ts'
import type { Drivers, Part, PartContext, Values } from './part.ts'
import { Character, lagged, rememberingPart } from './part.ts'

// Top-oil time constant of a distribution transformer (IEC 60076-7 gives 180 min for natural cooling).
const oilMinutes = 180
const oilExponent = 1.6
const ratings = [400, 630, 800, 1000] as const

/** A distribution transformer: load by the hour, oil warmed by its losses and slow to follow. */
export function transformer(asset: Asset, context: PartContext): Part {
  const character = new Character(asset, context)
  const rated = ratings[Math.floor(character.constant('rating', 0, ratings.length))] ?? 630
  const loading = character.constant('loading', 0.5, 0.6)
  const fullRise = character.constant('rise', 46, 52)
  const gas = character.constant('hydrogen', 18, 46)
  const filled = character.constant('oil', 77, 83)
  const habit = character.wander('habit', hourMs)
  const gassing = character.wander('gassing', 12 * dayMs)
  const memory = [45]
  const load = (drivers: Drivers) => rated * loading * drivers.demand.electricity * (1 + 0.04 * habit(drivers.at))
  const ambient = (drivers: Drivers) => drivers.weather.temperature + 2 + 3 * drivers.sunshine

  const advance = (drivers: Drivers) => {
    // Iron losses keep the oil warm at night; copper losses go with the square of the load.
    const share = load(drivers) / rated / 0.75
    const rise = fullRise * (0.42 + 0.58 * share ** oilExponent)
    // Blocked radiators: the same losses need a larger difference to leave.
    const fouled = 1 + 1.5 * character.severity('overheating', drivers.at)
    memory[0] = lagged(memory[0] ?? 45, ambient(drivers) + 0.87 * rise * fouled, oilMinutes)
  }

  const values = (drivers: Drivers): Values => {
    const { at } = drivers
    const oil = memory[0] ?? 45
    const arcing = character.severity('insulation', at)
    return {
      'oil-temperature': oil,
      load: load(drivers),
      // Oil swells when warm.
      'oil-level': Math.max(2, filled + 0.055 * (oil - 50) - 42 * character.severity('oil-leak', at)),
      hydrogen: gas + 3 * gassing(at) + 1150 * arcing ** 1.2,
      'ambient-temperature': ambient(drivers),
    }
  }
  return rememberingPart(asset, memory, advance, values)
}
