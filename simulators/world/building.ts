import type { Asset } from '../../city/index.ts'
import { hourMs } from './calendar.ts'
import type { Drivers, Part, PartContext, Values } from './part.ts'
import { Character, lagged, rememberingPart } from './part.ts'

const airMinutes = 45
const roomMinutes = 150
const outdoorCo2 = 425
// The boiler's own thermostat ends it here.
const boilerMax = 101

/** A public building: people bring carbon dioxide and use water and power; the heating follows the weather. */
export function publicBuilding(asset: Asset, context: PartContext): Part {
  const character = new Character(asset, context)
  const crowded = character.constant('crowded', 300, 440)
  const size = character.constant('size', 30, 160)
  const taps = character.constant('taps', 350, 1400)
  const seep = character.constant('seep', 4, 12)
  const comfort = character.constant('comfort', 20.6, 21.6)
  const lessons = character.wander('lessons', 0.6 * hourMs)
  const memory = [outdoorCo2 + 60, comfort]
  const inside = (drivers: Drivers) => Math.max(0, drivers.demand.occupancy * (1 + 0.1 * lessons(drivers.at)))

  const advance = (drivers: Drivers) => {
    const [co2 = outdoorCo2, room = comfort] = memory
    const { weather, at, local } = drivers
    // With the fans failing the same people breathe less and less fresh air.
    const stale = 1 + 3.1 * character.severity('ventilation-failure', at)
    memory[0] = lagged(co2, outdoorCo2 + 25 + crowded * inside(drivers) * stale, airMinutes)
    const night = local.hour < 5 || local.hour > 20 ? 1.6 : 0
    const warmth = 0.22 * Math.max(0, weather.temperature - 20) + 0.9 * inside(drivers) + 0.5 * drivers.sunshine
    memory[1] = lagged(room, comfort - night + warmth, roomMinutes)
  }

  const values = (drivers: Drivers): Values => {
    const { weather, at } = drivers
    const [co2 = outdoorCo2, room = comfort] = memory
    const people = inside(drivers)
    const curve = 27 + 1.5 * Math.max(0, 19 - weather.temperature)
    // A mixing valve that sticks open lets the boiler's own heat into the circuit.
    const open = Math.min(1, character.severity('heating-failure', at))
    return {
      'supply-temperature': curve + (boilerMax - curve) * open,
      'room-temperature': room + 2.5 * open,
      co2,
      power: size * (0.16 + 0.84 * people),
      'water-flow': seep + taps * people + 260 * character.severity('water-leak', at),
    }
  }
  return rememberingPart(asset, memory, advance, values)
}
