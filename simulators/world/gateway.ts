import type { Asset } from '../../city/index.ts'
import { hourMs } from './calendar.ts'
import type { Part, PartContext, Values } from './part.ts'
import { Character, plainPart } from './part.ts'

// Below this the link drops packets, and what cannot be sent waits.
const signalWorking = -104

/** A radio gateway on a roof: a battery behind a rectifier, a link that fades with rain, a queue of what waits. */
export function gateway(asset: Asset, context: PartContext): Part {
  const character = new Character(asset, context)
  const rectifier = character.constant('rectifier', 13.1, 13.6)
  const link = character.constant('link', -88, -72)
  const fading = character.wander('fading', 0.5 * hourMs)
  const traffic = character.wander('traffic', 0.3 * hourMs)
  return plainPart(asset, (drivers): Values => {
    const { at, weather } = drivers
    const signal = link + 1.6 * fading(at) - 0.08 * weather.rain - 46 * character.severity('radio-fault', at)
    const backlog = Math.max(0, signalWorking - signal)
    return {
      'supply-voltage': rectifier + 0.004 * (weather.temperature - 10) - 2.6 * character.severity('power-supply', at),
      signal,
      queue: Math.round(Math.max(0, 4 + 3 * traffic(at)) + 55 * backlog ** 1.5),
    }
  })
}
