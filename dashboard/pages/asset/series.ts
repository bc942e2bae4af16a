import { useEffect, useState } from 'preact/hooks'
import { withReading } from '../charts/aligned.ts'
import type { Columns } from '../charts/model.ts'
import { get } from '../data/client.ts'
import { now, serverNow } from '../data/clock.ts'
import { onReadings } from '../data/latest.ts'
import type { ApiProblem } from '../data/problem.ts'
import { useResource } from '../data/resource.ts'
import type { SeriesView } from '../data/types.ts'
import { type RangeText, resolveRange } from './range.ts'

const nothing: Columns = { at: [], min: [], max: [], mean: [], quality: null }

// Fresh readings are added one by one; from time to time the buckets are asked for again, so that they become true ones.
const refetchMinMs = 60_000
const bucketsBetweenFetches = 4
// A window being dragged wider must not fetch at every pixel.
const widthStep = 25

export type Series = {
  readonly columns: Columns
  readonly widthMs: number | null
  readonly loading: boolean
  readonly problem: ApiProblem | undefined
  readonly reload: () => void
}

function refetchEvery(text: RangeText, points: number): number {
  const { from, to } = resolveRange(text, 0)
  return Math.max(refetchMinMs, ((to - from) / points) * bucketsBetweenFetches)
}

/** The readings of a sensor for a range, as many points as there are pixels, going on with what the stream brings. */
export function useSeries(sensor: string, text: RangeText, width: number): Series {
  const points = Math.max(100, Math.round(width / widthStep) * widthStep)
  const follows = text.to === 'now'
  const every = refetchEvery(text, points)
  const round = follows ? Math.floor(now.value / every) : 0
  const key = width === 0 ? null : `${sensor} ${text.from} ${text.to} ${points} ${round}`
  const loaded = useResource<SeriesView>(
    key,
    (signal) => {
      const { from, to } = resolveRange(text, serverNow())
      const query = `from=${new Date(from).toISOString()}&to=${new Date(to).toISOString()}&points=${points}`
      return get<SeriesView>(`/api/v1/sensors/${sensor}/readings?${query}`, signal)
    },
    { keep: true },
  )
  const { data, loading, problem } = loaded.state.value
  const [columns, setColumns] = useState<Columns>(nothing)

  useEffect(() => {
    if (data) setColumns(data)
  }, [data])

  useEffect(() => {
    if (!follows) return
    return onReadings((readings) => {
      const fresh = readings.filter((reading) => reading.sensor === sensor)
      if (fresh.length > 0) setColumns((before) => fresh.reduce(withReading, before))
    })
  }, [sensor, follows])

  return {
    columns,
    widthMs: data?.widthMs ?? null,
    loading: loading && data === undefined,
    problem,
    reload: loaded.reload,
  }
}
