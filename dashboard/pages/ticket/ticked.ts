/** Which steps of a job plan were ticked off, remembered on this device for as many tickets as a crew has in a week or two. */
const storageKey = 'lengthsman.ticked'
const ticketsKeptMax = 50

type Ticked = Readonly<Record<string, readonly string[]>>

function readAll(): Ticked {
  try {
    const parsed: unknown = JSON.parse(localStorage.getItem(storageKey) ?? '{}')
    return typeof parsed === 'object' && parsed !== null ? (parsed as Ticked) : {}
  } catch {
    return {}
  }
}

export function readTicked(ticket: number): readonly string[] {
  return readAll()[String(ticket)] ?? []
}

export function writeTicked(ticket: number, steps: readonly string[]): void {
  const others = Object.entries(readAll()).filter(([number]) => number !== String(ticket))
  const kept = [...others.slice(-(ticketsKeptMax - 1)), [String(ticket), steps] as const]
  try {
    localStorage.setItem(storageKey, JSON.stringify(Object.fromEntries(kept)))
  } catch {
    // Without storage the ticks last as long as the page: still a help.
  }
}
