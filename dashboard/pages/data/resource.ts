import { type ReadonlySignal, useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { generation } from './generation.ts'
import { type ApiProblem, asProblem } from './problem.ts'
import { streamOpened } from './stream.ts'

/** Something fetched. What was shown stays on show while it is fetched anew, and when that fails. */
export type Resource<T> = {
  readonly data: T | undefined
  readonly problem: ApiProblem | undefined
  readonly loading: boolean
}

export type Loaded<T> = {
  readonly state: ReadonlySignal<Resource<T>>
  readonly reload: () => void
  /** Puts in an answer that came another way: from an action, or from the stream. */
  readonly put: (data: T) => void
}

/**
 * Fetches when `key` changes; a `null` key fetches nothing. A newer request takes the older one's place. With `keep`, what
 * an earlier key brought stays on show meanwhile: a chart that is zoomed must not go blank.
 */
export function useResource<T>(
  key: string | null,
  load: (signal: AbortSignal) => Promise<T>,
  options: { keep?: boolean } = {},
): Loaded<T> {
  const state = useSignal<Resource<T>>({ data: undefined, problem: undefined, loading: key !== null })
  const round = useSignal(0)
  const loader = useRef(load)
  const shown = useRef<string | null>(null)
  loader.current = load

  useEffect(() => {
    if (key === null) return
    const controller = new AbortController()
    const kept = options.keep || shown.current === key ? state.peek().data : undefined
    state.value = { data: kept, problem: undefined, loading: true }
    shown.current = key
    streamOpened()
      .then(() => loader.current(controller.signal))
      .then((data) => {
        if (!controller.signal.aborted) state.value = { data, problem: undefined, loading: false }
      })
      .catch((error) => {
        if (controller.signal.aborted) return
        state.value = { data: state.peek().data, problem: asProblem(error), loading: false }
      })
    return () => controller.abort()
  }, [key, round.value, generation.value])

  return {
    state,
    reload: () => {
      round.value += 1
    },
    put: (data) => {
      state.value = { data, problem: undefined, loading: false }
    },
  }
}
