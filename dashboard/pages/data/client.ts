import { ApiProblem, isProblem, unexplained, unreachable } from './problem.ts'
import { forgetSession, session } from './session.ts'

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

async function bodyOf(response: Response): Promise<unknown> {
  if (response.status === 204) return undefined
  const text = await response.text()
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function headersFor(method: Method, body: unknown): Headers {
  const headers = new Headers({ accept: 'application/json' })
  if (body !== undefined) headers.set('content-type', 'application/json')
  const token = session.peek()?.csrfToken
  if (method !== 'GET' && token) headers.set('x-csrf-token', token)
  return headers
}

async function send<T>(method: Method, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  let response: Response
  try {
    response = await fetch(path, {
      method,
      headers: headersFor(method, body),
      credentials: 'same-origin',
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    })
  } catch (error) {
    if (signal?.aborted) throw error
    throw unreachable()
  }
  const answer = await bodyOf(response)
  if (response.ok) return answer as T
  const problem = isProblem(answer) ? new ApiProblem(answer) : unexplained(response.status)
  // The session ended while the page was open. The login page brings the person back to where they were.
  if (response.status === 401 && session.peek()) forgetSession()
  throw problem
}

export const get = <T>(path: string, signal?: AbortSignal): Promise<T> => send<T>('GET', path, undefined, signal)
export const post = <T>(path: string, body: unknown = {}): Promise<T> => send<T>('POST', path, body)
export const put = <T>(path: string, body: unknown): Promise<T> => send<T>('PUT', path, body)
export const remove = (path: string): Promise<void> => send<void>('DELETE', path)

type List<T> = { readonly items: readonly T[]; readonly next: string | null }

// A city of 100,000 assets is not meant to be listed whole in a browser; a hundred pages is where we stop asking.
const listPagesMax = 100

/** Follows `next` to the end of a list. */
export async function getAll<T>(path: string, signal?: AbortSignal): Promise<readonly T[]> {
  const items: T[] = []
  let after: string | null = null
  for (let page = 0; page < listPagesMax; page++) {
    const glue = path.includes('?') ? '&' : '?'
    const list: List<T> = await get<List<T>>(
      after === null ? path : `${path}${glue}after=${encodeURIComponent(after)}`,
      signal,
    )
    items.push(...list.items)
    after = list.next
    if (after === null) break
  }
  return items
}
