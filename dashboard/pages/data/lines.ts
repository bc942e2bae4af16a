import { ApiProblem, isProblem, unexplained, unreachable } from './problem.ts'
import { session } from './session.ts'
import type { Problem } from './types.ts'

type Line<Result> =
  | { readonly kind: 'progress'; readonly done: number; readonly readings: number; readonly bouts: number }
  | { readonly kind: 'result'; readonly result: Result }
  | { readonly kind: 'problem'; readonly problem: Problem }

export type Progress = { readonly done: number; readonly readings: number; readonly bouts: number }

/** Asks for something that takes a while: the answer comes as one JSON object a line. Aborting the signal cancels it there too. */
export async function postLines<Result>(
  path: string,
  body: unknown,
  signal: AbortSignal,
  onProgress: (progress: Progress) => void,
): Promise<Result> {
  const headers = new Headers({ 'content-type': 'application/json' })
  const token = session.peek()?.csrfToken
  if (token) headers.set('x-csrf-token', token)
  let response: Response
  try {
    response = await fetch(path, {
      method: 'POST',
      headers,
      credentials: 'same-origin',
      body: JSON.stringify(body),
      signal,
    })
  } catch (error) {
    if (signal.aborted) throw error
    throw unreachable()
  }
  if (!response.ok || response.body === null) {
    const answer: unknown = await response.json().catch(() => undefined)
    throw isProblem(answer) ? new ApiProblem(answer) : unexplained(response.status)
  }
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  let rest = ''
  for (;;) {
    const { done, value } = await reader.read()
    if (done) throw unreachable()
    const lines = (rest + value).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      const said = JSON.parse(line) as Line<Result>
      if (said.kind === 'progress') onProgress(said)
      else if (said.kind === 'result') return said.result
      else throw new ApiProblem(said.problem)
    }
  }
}
