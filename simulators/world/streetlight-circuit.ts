import { type Asset, horizonDegrees } from '../../city/index.ts'
import { hourMs } from './calendar.ts'
import type { Part, PartContext, Values } from './part.ts'
import { Character, plainPart } from './part.ts'

const controllerKw = 0.025
const powerFactor = 0.93
// From eleven at night the lamps are dimmed.
const dimmedTo = 0.72
const dimFromHour = 23
const dimToHour = 5
// Control is lost once its relay or clock has gone this far.
const controlLost = 0.3

/** A circuit of street lamps: on between sunset and sunrise by its own light sensor, power by the lamps that work. */
export function streetlightCircuit(asset: Asset, context: PartContext): Part {
  const character = new Character(asset, context)
  const lamps = Math.round(character.constant('lamps', 34, 95))
  const lampKw = character.constant('lamp-power', 0.16, 0.33)
  const missing = character.constant('missing', 0, 1) < 0.25 ? 1 : 0
  const switching = horizonDegrees + character.constant('switching', -1.5, 1)
  const sticksOn = character.constant('sticks', 0, 1) < 0.5
  const supply = character.constant('supply', 229.5, 233)
  const grid = character.wander('grid', 0.7 * hourMs)
  const failing = Math.max(9, Math.round(0.25 * lamps))

  return plainPart(asset, (drivers): Values => {
    const { at, local } = drivers
    const out = Math.min(lamps, missing + Math.floor(failing * Math.min(1, character.severity('lamp-failure', at))))
    const dark = drivers.sunElevation < switching
    const lit = character.severity('control-failure', at) > controlLost ? sticksOn : dark
    const dimmed = dark && (local.hour >= dimFromHour || local.hour < dimToHour) ? dimmedTo : 1
    const voltage =
      supply - 2.2 * (drivers.demand.electricity - 1) + 0.7 * grid(at) - 46 * character.severity('supply-fault', at)
    const power = controllerKw + (lit ? (lamps - out) * lampKw * dimmed : 0)
    return {
      power,
      current: (power * 1000) / (voltage * Math.sqrt(3) * powerFactor),
      voltage,
      'lamps-out': out,
    }
  })
}
