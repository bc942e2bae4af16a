/** A moment, in milliseconds since 1970-01-01T00:00:00Z. Instants end in `At`; whoever decides anything is handed one. */
export type Instant = number

/** A length of time in milliseconds. */
export type DurationMs = number

const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
}

/** `90s`, `10m`, `1h30m`, `7d` as milliseconds; `undefined` when the text is not a duration. */
export function parseDuration(text: string): DurationMs | undefined {
  if (!/^(\d+(\.\d+)?(ms|s|m|h|d|w))+$/.test(text)) return undefined
  let total = 0
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d|w)/g))
    total += Number(amount) * (unitMs[unit ?? ''] ?? 0)
  return total
}

/** The shortest text that `parseDuration` reads back: `5400000` is `1h30m`. */
export function formatDuration(duration: DurationMs): string {
  let rest = Math.max(0, Math.round(duration))
  if (rest === 0) return '0s'
  let text = ''
  for (const unit of ['w', 'd', 'h', 'm', 's', 'ms']) {
    const size = unitMs[unit] ?? 1
    const amount = Math.floor(rest / size)
    if (amount > 0) text += `${amount}${unit}`
    rest -= amount * size
  }
  return text
}
