/** Between instants and what an `<input type="datetime-local">` holds, in the city's time zone: there the work is done. */
export function toInput(at: number, zone: string): string {
  const parts = new Map(
    new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      ...{ year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
    } as Intl.DateTimeFormatOptions)
      .formatToParts(at)
      .map(({ type, value }): [string, string] => [type, value]),
  )
  const part = (type: string) => parts.get(type) ?? ''
  return `${part('year')}-${part('month')}-${part('day')}T${part('hour')}:${part('minute')}`
}

/** `undefined` when nothing sensible is in it. An hour that summer time leaves out is the one after it. */
export function fromInput(text: string, zone: string): number | undefined {
  const asUtc = Date.parse(`${text}Z`)
  if (!Number.isFinite(asUtc)) return undefined
  const offset = (at: number) => Date.parse(`${toInput(at, zone)}Z`) - Math.floor(at / 60_000) * 60_000
  // The offset there may differ from the offset of the guess: around a change of the clocks it takes a second look.
  const guess = asUtc - offset(asUtc)
  return asUtc - offset(guess)
}
