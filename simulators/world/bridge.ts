import type { Asset } from '../../city/index.ts'
import { dayMs } from './calendar.ts'
import type { Drivers, Part, PartContext, Values } from './part.ts'
import { Character, lagged, rememberingPart } from './part.ts'

// Concrete follows the air by hours and takes sun on the deck.
const deckMinutes = 150
const sunOnDeck = 12
// Half-width of the dead band of a seized joint, in millimetres: more than a day's movement.
const seizedBand = 14

/** A bridge: breathes with the temperature, bends under traffic, loses its bed in floods. */
export function bridge(asset: Asset, context: PartContext): Part {
  const character = new Character(asset, context)
  const restStrain = character.constant('strain', -30, 40)
  const expansion = character.constant('expansion', 4.5, 6)
  const restTilt = character.constant('tilt', -0.6, 0.6)
  const tiltPerDegree = character.constant('tilt-per-degree', -0.012, 0.012)
  const sinks = character.constant('sinks', 0, 1) < 0.5 ? -1 : 1
  const bed = character.constant('bed', 0.32, 0.55)
  const restGap = character.constant('gap', 41, 49)
  // Long decks move more; even the shortest moves by two millimetres from night to day.
  const gapPerDegree = character.constant('gap-per-degree', 0.68, 0.78)
  const sediment = character.wander('sediment', 9 * dayMs)
  const memory = [10, restGap]

  const advance = (drivers: Drivers) => {
    const [deck = 10, gap = restGap] = memory
    memory[0] = lagged(deck, drivers.weather.temperature + sunOnDeck * drivers.sunshine, deckMinutes)
    const target = restGap - gapPerDegree * (memory[0] - 10)
    const band = seizedBand * Math.min(1, character.severity('joint-seizure', drivers.at))
    // A seized joint slips only when the deck pulls harder than it holds.
    memory[1] = Math.abs(target - gap) > band ? target - Math.sign(target - gap) * band : gap
  }

  const values = (drivers: Drivers): Values => {
    const { at, demand } = drivers
    const [deck = 10, gap = restGap] = memory
    const warm = deck - 10
    const settled = character.severity('settlement', at)
    const held = restGap - gapPerDegree * warm - gap
    return {
      strain: restStrain + expansion * warm + 38 * demand.traffic + 520 * settled + 1.5 * Math.abs(held),
      tilt: restTilt + tiltPerDegree * warm + 6.2 * sinks * settled,
      'scour-depth': bed + 0.28 * drivers.river + 0.03 * sediment(at) + 2.6 * character.severity('scour', at),
      'joint-gap': gap,
      'deck-temperature': deck,
    }
  }
  return rememberingPart(asset, memory, advance, values)
}
