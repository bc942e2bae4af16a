import type { Asset } from '../../city/index.ts'
import { hourMs } from './calendar.ts'
import type { Drivers, Part, PartContext, Values } from './part.ts'
import { Character, lagged, rememberingPart } from './part.ts'

const motorMinutes = 35

function roomTemperature(drivers: Drivers): number {
  return 21 + 0.3 * Math.max(-10, Math.min(16, drivers.weather.temperature - 12))
}

/** A lift: used with the building and its visitors; doors, drive and guides wear. */
export function lift(asset: Asset, context: PartContext): Part {
  const character = new Character(asset, context)
  const closing = character.constant('door-time', 3.12, 3.38)
  const ride = character.constant('ride', 0.95, 1.35)
  const busy = character.constant('busy', 0.7, 1)
  const rise = character.constant('rise', 22, 29)
  const crowd = character.wander('crowd', hourMs)
  const memory = [24]
  const usage = (drivers: Drivers) =>
    Math.max(
      0.01,
      busy * (0.6 * drivers.demand.occupancy + 0.4 * drivers.demand.travellers) * (1 + 0.12 * crowd(drivers.at)),
    )

  const advance = (drivers: Drivers) => {
    const heat =
      rise * Math.min(1.1, usage(drivers)) ** 0.7 * (1 + 3.6 * character.severity('drive-overheating', drivers.at))
    memory[0] = lagged(memory[0] ?? 24, roomTemperature(drivers) + heat, motorMinutes)
  }

  const values = (drivers: Drivers): Values => {
    const { at } = drivers
    const used = usage(drivers)
    return {
      'door-time': closing + 0.04 * used + 2.9 * character.severity('door-wear', at),
      'motor-temperature': memory[0] ?? 24,
      vibration: ride + 0.2 * used + 4.4 * character.severity('guide-wear', at),
      current: 1.2 + 24 * used * (1 + 0.25 * character.severity('drive-overheating', at)),
      trips: Math.round(64 * used),
    }
  }
  return rememberingPart(asset, memory, advance, values)
}

/** An escalator: runs slowly when nobody is on it. */
export function escalator(asset: Asset, context: PartContext): Part {
  const character = new Character(asset, context)
  const slip = character.constant('slip', 0.45, 0.85)
  const chain = character.constant('chain', 1.25, 1.75)
  const rise = character.constant('rise', 22, 30)
  const crowd = character.wander('crowd', hourMs)
  const memory = [40]
  const load = (drivers: Drivers) => Math.max(0.05, drivers.demand.travellers * (1 + 0.12 * crowd(drivers.at)))

  const advance = (drivers: Drivers) => {
    const heat = (12 + rise * load(drivers)) * (1 + 1.5 * character.severity('drive-overheating', drivers.at))
    memory[0] = lagged(memory[0] ?? 40, roomTemperature(drivers) + heat, motorMinutes)
  }

  const values = (drivers: Drivers): Values => {
    const { at } = drivers
    const loaded = load(drivers)
    return {
      'motor-temperature': memory[0] ?? 40,
      vibration: chain + 0.25 * loaded + 5.4 * character.severity('step-chain-wear', at),
      'handrail-slip': slip + 0.2 * loaded + 7 * character.severity('handrail-wear', at),
      current: 9 + 16 * loaded * (1 + 0.2 * character.severity('step-chain-wear', at)),
    }
  }
  return rememberingPart(asset, memory, advance, values)
}
