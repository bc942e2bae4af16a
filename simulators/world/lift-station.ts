import type { Asset } from '../../city/index.ts'
import { hourMs } from './calendar.ts'
import type { Drivers, Part, PartContext, Values } from './part.ts'
import { Character, rememberingPart } from './part.ts'

// The well is followed in steps of ten seconds: a pumping run lasts a few minutes.
const stepSeconds = 10
const stepsPerMinute = 60 / stepSeconds
// Well volume between the two switching levels, as seconds of pumping: gives 3 to 7 starts an hour.
const wellSeconds = 137
const overflowLevel = 4.3
// A motor of this size may start at most 15 times an hour; the counter remembers a little more than that.
const startsKeptMax = 60

// Places in the memory; the times of the last starts follow.
const levelAt = 0
const runningAt = 1
const startsFrom = 2

/** A waste-water lift station: the well fills, the pump starts at the upper level and stops at the lower. */
export function liftStation(asset: Asset, context: PartContext): Part {
  const character = new Character(asset, context)
  const capacity = character.constant('capacity', 52, 125)
  const share = character.constant('share', 0.25, 0.36)
  const startLevel = character.constant('start', 1.35, 1.55)
  const stopLevel = character.constant('stop', 0.6, 0.75)
  const current = character.constant('current', 24.3, 25.2)
  const habit = character.wander('habit', hourMs)
  // Litres per metre of level.
  const area = (wellSeconds * capacity) / (startLevel - stopLevel)
  const memory: number[] = [character.constant('level', stopLevel, startLevel), 0]

  // A clogged pump moves less and works harder; a worn one moves less and less, until it runs without a stop.
  const pumped = (drivers: Drivers) =>
    capacity *
    (1 - 0.55 * Math.min(1, character.severity('pump-blockage', drivers.at))) *
    (1 - 0.8 * Math.min(1, character.severity('pump-wear', drivers.at)))

  const advance = (drivers: Drivers) => {
    const rain = drivers.runoff[1]
    const storm = (0.55 * rain) / (rain + 8)
    const inflow = capacity * share * (0.3 + 0.7 * drivers.sewage) * (1 + 0.06 * habit(drivers.at))
    const coming = Math.min(0.74 * capacity, inflow + storm * capacity)
    const going = pumped(drivers)
    let level = memory[levelAt] ?? startLevel
    let running = (memory[runningAt] ?? 0) > 0
    for (let step = 1; step <= stepsPerMinute; step += 1) {
      level += ((coming - (running ? going : 0)) * stepSeconds) / area
      if (!running && level >= startLevel) {
        running = true
        memory.push(drivers.at + step * stepSeconds * 1000)
      } else if (running && level <= stopLevel) {
        running = false
      }
    }
    memory[levelAt] = Math.min(overflowLevel, Math.max(0.1, level))
    memory[runningAt] = running ? 1 : 0
    forgetOldStarts(memory, drivers.at)
  }

  const values = (drivers: Drivers): Values => {
    const running = (memory[runningAt] ?? 0) > 0
    const blocked = character.severity('pump-blockage', drivers.at)
    const drawn = running ? current * (1 + 1.2 * blocked) : 0
    return {
      level: memory[levelAt] ?? startLevel,
      'pump-current': drawn,
      flow: running ? pumped(drivers) : 0,
      'starts-per-hour': memory.length - startsFrom,
      power: drawn * 0.56,
    }
  }
  return rememberingPart(asset, memory, advance, values)
}

function forgetOldStarts(memory: number[], at: number): void {
  while (memory.length > startsFrom && (memory[startsFrom] ?? 0) < at - hourMs) memory.splice(startsFrom, 1)
  if (memory.length > startsFrom + startsKeptMax) memory.splice(startsFrom, memory.length - startsFrom - startsKeptMax)
}
