import { type Signal, useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { type Progress, postLines } from '../data/lines.ts'
import { type ApiProblem, asProblem } from '../data/problem.ts'

/** Something that is tried on history: not begun, under way, ended one way or the other. */
export type Run<Result> =
  | { readonly kind: 'idle' }
  | { readonly kind: 'running'; readonly progress: Progress }
  | { readonly kind: 'done'; readonly result: Result; readonly of: string }
  | { readonly kind: 'failed'; readonly problem: ApiProblem }
  | { readonly kind: 'cancelled' }

const nothingYet: Progress = { done: 0, readings: 0, bouts: 0 }

/** Runs one at a time; a newer one takes the older one's place, and leaving the page cancels it. */
export function useRun<Result>(): {
  readonly state: Signal<Run<Result>>
  readonly start: (path: string, body: unknown, of: string) => void
  readonly cancel: () => void
} {
  const state = useSignal<Run<Result>>({ kind: 'idle' })
  const controller = useRef<AbortController>(undefined)
  useEffect(() => () => controller.current?.abort(), [])
  const start = (path: string, body: unknown, of: string) => {
    controller.current?.abort()
    const own = new AbortController()
    controller.current = own
    const say = (next: Run<Result>) => {
      if (controller.current === own) state.value = next
    }
    say({ kind: 'running', progress: nothingYet })
    postLines<Result>(path, body, own.signal, (progress) => say({ kind: 'running', progress }))
      .then((result) => say({ kind: 'done', result, of }))
      .catch((error: unknown) =>
        say(own.signal.aborted ? { kind: 'cancelled' } : { kind: 'failed', problem: asProblem(error) }),
      )
  }
  return { state, start, cancel: () => controller.current?.abort() }
}
