import { FaultBook, World } from '../../simulators/index.ts'
import { smallTown } from '../simulators/small-town.ts'

const minuteMs = 60_000

/** What every sensor of a small simulated town shows at every minute of a span, one array a sensor. */
export function townValues(from: number, minutes: number): Float64Array[] {
  const town = smallTown(2)
  const world = new World(town, { seed: 3, faults: new FaultBook(), from })
  const columns = new Map<string, Float64Array>()
  for (let minute = 0; minute < minutes; minute++) {
    world.advanceTo(from + minute * minuteMs)
    for (const { id } of town.assets)
      for (const [quantity, value] of Object.entries(world.measure(id, world.measuredOn(id)))) {
        const sensor = `${id}/${quantity}`
        const column = columns.get(sensor) ?? new Float64Array(minutes)
        columns.set(sensor, column)
        column[minute] = value
      }
  }
  return [...columns.values()]
}
