import { effect, signal } from '@preact/signals'
import { get } from './client.ts'
import { heardServerTime, serverNow } from './clock.ts'
import { generation } from './generation.ts'
import { session } from './session.ts'
import type { StreamEvents } from './types.ts'

/**
 * Dramatis personae: one EventSource for the whole page, reopened when other assets are looked at; listeners by event
 * name, who come and go with the components. The browser reconnects by itself and sends `Last-Event-ID`; what cannot be
 * replayed comes as `reset`, and everything on show is fetched anew.
 */
export type StreamState = 'connecting' | 'live' | 'reconnecting' | 'paused'
export const streamState = signal<StreamState>('connecting')
/** When anything was last heard (our estimate of the server's clock). */
export const heardAt = signal<number | undefined>(undefined)
export const rates = signal<StreamEvents['rates'] | undefined>(undefined)

type EventName = keyof StreamEvents
type Listener<Name extends EventName> = (event: StreamEvents[Name]) => void
const listeners: { [Name in EventName]: Set<Listener<Name>> } = {
  readings: new Set(),
  alarm: new Set(),
  asset: new Set(),
  ticket: new Set(),
  incident: new Set(),
  window: new Set(),
  rates: new Set(),
  reset: new Set(),
}

export function onStream<Name extends EventName>(name: Name, listener: Listener<Name>): () => void {
  const set: Set<Listener<Name>> = listeners[name]
  set.add(listener)
  return () => set.delete(listener)
}

// `rates` comes every few seconds; half a minute of silence means that the connection is dead without saying so.
const silenceMaxMs = 30_000
const watchEveryMs = 5_000

// A refused stream (all places taken, session over) is not tried again by the browser; we do, ever more slowly.
const reopenMsMin = 2_000
const reopenMsMax = 60_000
let reopenMs = reopenMsMin
let reopening: ReturnType<typeof setTimeout> | undefined

/** The one that is listened to, and the one that is to take its place as soon as it is open. */
let source: EventSource | undefined
let coming: EventSource | undefined
let wantedUrl = ''
const watched = signal<readonly string[]>([])
const paused = signal(false)

// What is fetched before the stream is open could be out of date at once, and nothing would say so. A stream that does not
// open must not keep the page empty, though.
const openedWithinMs = 600
let sayOpened = () => {}
const opened = new Promise<void>((resolve) => {
  sayOpened = resolve
})

/** Resolves when the stream is open for the first time, or when waiting for it any longer would be felt. */
export function streamOpened(): Promise<void> {
  return opened
}

/** The assets whose readings are wanted as they come. */
export function watchAssets(assets: readonly string[]): () => void {
  watched.value = assets
  return () => {
    if (watched.peek() === assets) watched.value = []
  }
}

function heard(): void {
  reopenMs = reopenMsMin
  heardAt.value = serverNow()
  if (streamState.peek() !== 'paused') streamState.value = 'live'
}

function receive<Name extends EventName>(name: Name, message: MessageEvent<string>): void {
  const event: StreamEvents[Name] = JSON.parse(message.data)
  if (name === 'rates') {
    const now = event as StreamEvents['rates']
    heardServerTime(Date.parse(now.at))
    rates.value = now
  }
  if (name === 'reset') generation.value += 1
  heard()
  for (const listener of listeners[name]) listener(event)
}

function close(): void {
  clearTimeout(reopening)
  source?.close()
  coming?.close()
  source = undefined
  coming = undefined
  wantedUrl = ''
}

/** The old stream is heard until the new one is open: between the two nothing is lost, and what comes twice does no harm. */
function open(url: string): void {
  if (url === wantedUrl) return
  wantedUrl = url
  coming?.close()
  const next = new EventSource(url)
  coming = next
  if (!source) streamState.value = 'connecting'
  setTimeout(sayOpened, openedWithinMs)
  next.onopen = () => {
    if (next === coming) {
      source?.close()
      source = next
      coming = undefined
    }
    sayOpened()
    heard()
  }
  next.onerror = () => {
    if (next !== source && next !== coming) return
    if (next === source) streamState.value = 'reconnecting'
    if (next.readyState === EventSource.CLOSED) reopenLater(url)
  }
  for (const name of Object.keys(listeners) as EventName[])
    next.addEventListener(name, (message) => {
      if (next === source || next === coming) receive(name, message as MessageEvent<string>)
    })
}

function reopenLater(url: string): void {
  clearTimeout(reopening)
  reopening = setTimeout(async () => {
    // Whether the session still holds; if not, the client shows the login page and the effect below closes all this.
    await get('/api/v1/session').catch(() => undefined)
    if (!session.peek() || paused.peek()) return
    close()
    open(url)
    generation.value += 1
  }, reopenMs)
  reopenMs = Math.min(reopenMs * 2, reopenMsMax)
}

function watchForSilence(): void {
  const last = heardAt.peek()
  if (!source || last === undefined || serverNow() - last < silenceMaxMs) return
  const url = wantedUrl
  streamState.value = 'reconnecting'
  heardAt.value = serverNow()
  close()
  open(url)
  generation.value += 1
}

/** WCAG 2.2.2: what updates by itself can be stopped. Coming back fetches what was missed. */
export function pauseStream(): void {
  paused.value = true
  streamState.value = 'paused'
}

export function resumeStream(): void {
  paused.value = false
  streamState.value = 'connecting'
  generation.value += 1
}

export function startStream(): void {
  setInterval(watchForSilence, watchEveryMs)
  effect(() => {
    if (!session.value || paused.value) return close()
    const assets = watched.value
    open(assets.length === 0 ? '/api/v1/stream' : `/api/v1/stream?assets=${assets.map(encodeURIComponent).join(',')}`)
  })
}
