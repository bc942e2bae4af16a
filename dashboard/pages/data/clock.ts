import { signal } from '@preact/signals'

/**
 * The server's clock, as the pages' ages need it: a phone's own clock may be minutes off, and then "8 s ago" would lie.
 */
let aheadMs = 0

/** Ticks once a second while the page is visible. */
export const now = signal(Date.now())

export function serverNow(): number {
  return Date.now() + aheadMs
}

// Network delay and a second's resolution are no reason to move the clock.
const toleratedSkewMs = 2_000

/** Told by the stream, with the server's time at sending. */
export function heardServerTime(at: number): void {
  const skew = at - serverNow()
  if (Math.abs(skew) < toleratedSkewMs) return
  aheadMs += skew
  now.value = serverNow()
}

function tick(): void {
  if (document.visibilityState === 'visible') now.value = serverNow()
}

export function startClock(): void {
  now.value = serverNow()
  setInterval(tick, 1_000)
  document.addEventListener('visibilitychange', tick)
}
