import { afterAll } from '@jest/globals'
import type { ApiSession } from './api-session.ts'

// biome-ignore lint/suspicious/noExplicitAny: events of every shape
export type SentEvent = { readonly id: string | undefined; readonly name: string; readonly data: any }

/** Registered here, because a hook can not be added once tests run. */
const open: AbortController[] = []
afterAll(() => {
  for (const ending of open.splice(0)) ending.abort()
})

/** Follows the live stream as a browser would, and keeps what came. */
export async function followed(session: ApiSession, query = '', lastEventId?: string) {
  const ending = new AbortController()
  open.push(ending)
  const response = await fetch(`${session.url}/api/v1/stream${query}`, {
    headers: { ...session.headers(), ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }) },
    signal: ending.signal,
  })
  const events: SentEvent[] = []
  const waiting = new Set<() => void>()
  const state = { ended: false, startId: '' }
  const wake = () => {
    for (const each of waiting) each()
  }
  const take = (block: string) => {
    const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1]
    const [name, data, id] = [field('event'), field('data'), field('id')]
    if (name !== undefined && data !== undefined) events.push({ id, name, data: JSON.parse(data) })
    else if (id !== undefined) state.startId = id
  }
  const reading = (async () => {
    let text = ''
    const decoder = new TextDecoder()
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk as Uint8Array, { stream: true })
      const blocks = text.split('\n\n')
      text = blocks.pop() ?? ''
      for (const block of blocks) take(block)
      wake()
    }
  })()
    .catch(() => undefined)
    .finally(() => {
      state.ended = true
      wake()
    })
  /** The first event that fits, of those that came or will come. */
  const event = async (fits: (event: SentEvent) => boolean, withinMs = 5_000): Promise<SentEvent> => {
    const deadline = Date.now() + withinMs
    for (;;) {
      const found = events.find(fits)
      if (found !== undefined) return found
      const left = deadline - Date.now()
      if (left <= 0 || state.ended)
        throw new Error(
          `no such event${state.ended ? ', and the stream ended' : ''}: ${events.map(({ name }) => name)}`,
        )
      await Promise.race([
        new Promise<void>((done) => waiting.add(done)),
        new Promise((done) => setTimeout(done, left)),
      ])
    }
  }
  return { response, events, state, event, ended: () => reading, stop: () => ending.abort() }
}
