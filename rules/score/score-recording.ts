import { surpriseSlots } from '../detection/anomaly/index.ts'
import { type Alert, alertsOf } from './alerting.ts'
import { type JudgedSeries, judgeSeries } from './judge-series.ts'
import type { Recording } from './recording.ts'
import { classOf, type SeriesClasses, seriesClasses } from './series-classes.ts'

/** What the product would have said about a recording, and what that cost. */
export type Judgement = {
  readonly recording: Recording
  readonly judged: readonly JudgedSeries[]
  readonly alerts: readonly Alert[]
  readonly readings: number
  readonly microsecondsPerReading: number
  readonly bytesPerSeries: number
}

/** Runs the detection as shipped. Labels are not read here, so they cannot be looked at. */
export function judgeRecording(recording: Recording, classes: SeriesClasses = seriesClasses()): Judgement {
  const measured = new Map<string, string[]>()
  for (const { asset, quantity } of recording.series) measured.set(asset, [...(measured.get(asset) ?? []), quantity])
  const startedAt = performance.now()
  const judged = recording.series.map((series) =>
    judgeSeries(series, classOf(measured.get(series.asset) ?? [], classes), classes),
  )
  const passedMs = performance.now() - startedAt
  const readings = recording.series.reduce((sum, { order }) => sum + order.length, 0)
  return {
    recording,
    judged,
    alerts: alertsOf(judged),
    readings,
    microsecondsPerReading: (passedMs * 1_000) / Math.max(1, readings),
    bytesPerSeries: surpriseSlots * Float64Array.BYTES_PER_ELEMENT,
  }
}
