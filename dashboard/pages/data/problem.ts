import { capital } from '../words/units.ts'
import type { Problem } from './types.ts'

/** What the server (or the lack of one) said no with, in a form that a page can show. */
export class ApiProblem extends Error {
  readonly status: number
  readonly code: string
  readonly title: string
  readonly detail: string
  readonly faults: NonNullable<Problem['faults']>
  readonly allowed: readonly string[]

  constructor(problem: Pick<Problem, 'title' | 'status' | 'code' | 'detail'> & Partial<Problem>) {
    super(problem.detail || problem.title)
    // The API's sentences begin small, as log lines do; on a page they stand alone.
    const text = capital(problem.detail)
    this.status = problem.status
    this.code = problem.code
    this.title = problem.title
    this.detail = text === '' || /[.!?…]$/.test(text) ? text : `${text}.`
    this.faults = problem.faults ?? []
    this.allowed = problem.allowed ?? []
  }
}

/** No answer at all: the network, or the program is not running. */
export function unreachable(): ApiProblem {
  return new ApiProblem({
    status: 0,
    code: 'UNREACHABLE',
    title: 'No connection to Lengthsman',
    detail: 'Nothing was changed. Check the network, or whether the program is running, and try again.',
  })
}

/** An answer that is not problem+json, as a proxy in between might give. */
export function unexplained(status: number): ApiProblem {
  if (status === 429)
    return new ApiProblem({
      status,
      code: 'TOO_MANY_REQUESTS',
      title: 'Too many requests',
      detail: 'Wait a minute and try again.',
    })
  return new ApiProblem({
    status,
    code: `HTTP_${status}`,
    title: status >= 500 ? 'The server could not answer' : 'The request was refused',
    detail: `The answer was ${status} without a reason. Try again; if it stays so, look at the program's log.`,
  })
}

export function isProblem(body: unknown): body is Problem {
  if (typeof body !== 'object' || body === null) return false
  return 'code' in body && 'title' in body && 'status' in body
}

export function asProblem(error: unknown): ApiProblem {
  if (error instanceof ApiProblem) return error
  return new ApiProblem({
    status: 0,
    code: 'PAGE_ERROR',
    title: 'This page made a mistake',
    detail: `Reload it. What it says: ${error instanceof Error ? error.message : String(error)}`,
  })
}
