import { useEffect } from 'preact/hooks'
import { getAll } from '../data/client.ts'
import { type Loaded, useResource } from '../data/resource.ts'
import { onStream } from '../data/stream.ts'
import type { AlarmView } from '../data/types.ts'
import { stirs } from './stirring.ts'

// A flood tells of a thousand alarms at once; the page is drawn anew a few times a second, not a thousand times.
const gatherMs = 250

/** Every alarm that stirs, kept true by the stream. */
export function useAlarms(): Loaded<readonly AlarmView[]> & { change: (alarm: AlarmView) => void } {
  const loaded = useResource<readonly AlarmView[]>('alarms', (signal) =>
    getAll<AlarmView>('/api/v1/alarms?state=all&limit=1000', signal),
  )
  const put = (changed: ReadonlyMap<string, AlarmView>) => {
    const { data } = loaded.state.peek()
    if (data === undefined) return
    const others = data.filter(({ id }) => !changed.has(id))
    loaded.put([...others, ...[...changed.values()].filter(stirs)])
  }
  useEffect(() => {
    const waiting = new Map<string, AlarmView>()
    let timer: ReturnType<typeof setTimeout> | undefined
    const stop = onStream('alarm', (alarm) => {
      waiting.set(alarm.id, alarm)
      timer ??= setTimeout(() => {
        timer = undefined
        put(new Map(waiting))
        waiting.clear()
      }, gatherMs)
    })
    return () => {
      clearTimeout(timer)
      stop()
    }
  }, [])
  return { ...loaded, change: (alarm) => put(new Map([[alarm.id, alarm]])) }
}
