import { Calendar, type Instant, sunElevation } from '../../city/index.ts'
import type { SimulatedTown } from '../town.ts'
import { middleOf } from '../town.ts'
import { demandAt } from './demand.ts'
import type { Drivers } from './part.ts'
import { lagged } from './part.ts'
import { weatherAt } from './weather.ts'

// Ways of the rain to a sewer, of waste water to it, and of a catchment's water to the river.
const runoffMinutes = [15, 40, 90] as const
const sewageMinutes = 50
const riverMinutes = 20 * 60
// A day of heavy rain in the catchment is a flood: the lagged rain then stands at about 4 mm/h.
const floodRain = 4

type Sky = Pick<Drivers, 'at' | 'local' | 'weather' | 'demand' | 'sunElevation'>

/** Weather, light, demand and water on the move: what all parts of the town share. */
export class Surroundings {
  readonly memory: number[] = [0, 0, 0, 1, 0]
  readonly #seed: number
  readonly #calendar: Calendar
  readonly #place: { readonly latitude: number; readonly longitude: number }

  #known: Sky | undefined

  constructor(town: SimulatedTown, seed: number) {
    this.#seed = seed
    this.#calendar = new Calendar(town.timeZone)
    this.#place = middleOf(town)
  }

  /** One minute passes; called once for every minute. */
  advance(at: Instant): Drivers {
    const { weather, demand } = this.#sky(at)
    const { rain } = weather
    const [short = 0, middle = 0, long = 0, sewage = 1, river = 0] = this.memory
    this.memory[0] = lagged(short, rain, runoffMinutes[0])
    this.memory[1] = lagged(middle, rain, runoffMinutes[1])
    this.memory[2] = lagged(long, rain, runoffMinutes[2])
    this.memory[3] = lagged(sewage, demand.water, sewageMinutes)
    this.memory[4] = lagged(river, rain, riverMinutes)
    return this.at(at)
  }

  /** How things are at a moment, with the water that is on its way now. */
  at(at: Instant): Drivers {
    const { local, weather, demand, sunElevation: elevation } = this.#sky(at)
    const [short = 0, middle = 0, long = 0, sewage = 1, river = 0] = this.memory
    return {
      at,
      local,
      weather,
      demand,
      sunElevation: elevation,
      sunshine: Math.max(0, Math.sin((elevation * Math.PI) / 180)) * (1 - 0.75 * weather.cloud),
      sewage,
      runoff: [short, middle, long],
      river: Math.min(1, river / floodRain),
    }
  }

  /** What is a function of the moment alone; asked for twice in a minute, worked out once. */
  #sky(at: Instant): Sky {
    if (this.#known?.at === at) return this.#known
    const local = this.#calendar.localTime(at)
    const weather = weatherAt(this.#seed, at, local)
    const demand = demandAt(local, weather.temperature)
    const elevation = sunElevation(at, this.#place.latitude, this.#place.longitude)
    this.#known = { at, local, weather, demand, sunElevation: elevation }
    return this.#known
  }
}
