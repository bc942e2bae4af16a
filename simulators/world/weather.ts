import type { Instant, LocalTime } from '../../city/index.ts'
import { dayMs, hourMs } from './calendar.ts'
import { between, chance, streamOf, wander } from './chance.ts'

export type Weather = {
  /** Degrees Celsius, two metres above the ground. */
  readonly temperature: number
  /** Millimetres an hour. */
  readonly rain: number
  /** Percent. */
  readonly humidity: number
  /** Metres a second. */
  readonly wind: number
  /** 0 clear … 1 overcast. */
  readonly cloud: number
}

type Shower = { readonly startAt: Instant; readonly endAt: Instant; readonly peak: number }

// A shower starts in the first half of its slot and ends inside it, so that every slot has a dry spell of half an hour.
const showerSlotMs = 12 * hourMs
const showerStartMsMax = 6 * hourMs
const showerMsMin = 0.5 * hourMs
const showerMsMax = 5.5 * hourMs
const showersPerSlot = 0.3
// A downpour in this climate brings 15–35 mm/h for minutes; three times the mean is rare enough and stays below it.
const showerPeakMean = 4
const showerPeakMax = 32

const streams = {
  air: streamOf('weather/air'),
  cloud: streamOf('weather/cloud'),
  wind: streamOf('weather/wind'),
  gust: streamOf('weather/gust'),
  showerComes: streamOf('weather/shower-comes'),
  showerStart: streamOf('weather/shower-start'),
  showerLength: streamOf('weather/shower-length'),
  showerPeak: streamOf('weather/shower-peak'),
  showerPulse: streamOf('weather/shower-pulse'),
}

function showerOf(seed: number, slot: number): Shower | undefined {
  if (chance(seed, streams.showerComes, slot) >= showersPerSlot) return undefined
  const startAt = slot * showerSlotMs + between(0, showerStartMsMax, seed, streams.showerStart, slot)
  const endAt = startAt + between(showerMsMin, showerMsMax, seed, streams.showerLength, slot)
  const drawn = -Math.log(1 - 0.999 * chance(seed, streams.showerPeak, slot)) * showerPeakMean
  return { startAt, endAt, peak: Math.min(showerPeakMax, 0.6 + drawn) }
}

/** Rain at a moment, from the one shower its half day may have. */
function rainAt(seed: number, at: Instant): number {
  const shower = showerOf(seed, Math.floor(at / showerSlotMs))
  if (shower === undefined || at <= shower.startAt || at >= shower.endAt) return 0
  const along = (at - shower.startAt) / (shower.endAt - shower.startAt)
  const pulse = Math.max(0.25, 1 + 0.35 * wander(seed, streams.showerPulse, at, 8 * 60_000))
  return Math.min(showerPeakMax, shower.peak * Math.sin(Math.PI * along) ** 2 * pulse)
}

/** The weather over the town, one for all of it: a function of the seed and the moment. Temperate, as in central Europe. */
export function weatherAt(seed: number, at: Instant, local: LocalTime): Weather {
  const rain = rainAt(seed, at)
  const fair = wander(seed, streams.cloud, at, 30 * hourMs)
  const cloud = Math.min(1, Math.max(rain > 0 ? 0.85 : 0, 0.5 - 0.45 * fair))
  const season = Math.cos((2 * Math.PI * (local.dayOfYear - 200)) / 365.25)
  const diurnal = Math.cos((2 * Math.PI * (local.hour - 15)) / 24)
  const swing = (2.2 + 1.6 * (1 - cloud)) * (1 + 0.35 * season)
  const passing = 2.6 * wander(seed, streams.air, at, 3 * dayMs)
  const temperature = 10.5 + 9 * season + passing + swing * diurnal - Math.min(3, 0.5 * rain)
  const humidity = 68 - 9 * season + 12 * cloud - 11 * (1 - cloud) * diurnal + (rain > 0.1 ? 12 : 0)
  const breeze = 3.2 + 1.6 * wander(seed, streams.wind, at, 14 * hourMs) + 0.9 * diurnal + Math.min(4, 0.5 * rain)
  const gust = 0.5 * wander(seed, streams.gust, at, 7 * 60_000)
  return {
    temperature,
    rain,
    cloud,
    humidity: Math.min(99.5, Math.max(22, humidity)),
    wind: Math.max(0.2, breeze + gust),
  }
}
