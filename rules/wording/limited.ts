import { lowestOf } from '../kinds/levels.ts'
import type { Level, Limits } from '../rule.ts'
import type { Change } from './change.ts'
import { durationText } from './units.ts'

/** The words of a condition that holds a measure against limits. */
export type LimitedWords = {
  /** What is judged, in the middle of a sentence: `vibration`. */
  readonly name: string
  /** `vibration 7.4 mm/s`. */
  subject(measured: number): string
  /** `above`, `faster than`. */
  readonly relation: string
  /** A limit with its unit. */
  limit(value: number): string
}

/** The sentence for a change of a condition with limits, hysteresis, `for` and `recover after`. */
export function limitedReason(change: Change, limits: Limits, words: LimitedWords): string {
  const { rule, before, level } = change
  const lowest = lowestOf(limits)
  const limitAt = (wanted: Level | undefined) =>
    words.limit(limits[wanted ?? 'warning'] ?? limits[lowest ?? 'warning'] ?? 0)
  const subject = change.measured === undefined ? `${words.name} unknown` : words.subject(change.measured)
  const beyond = `${words.relation} ${limitAt(level)}`
  const held = rule.forMs > 0 ? ` for ${durationText(rule.forMs)}` : ''
  if (change.origin === 'withdrawn')
    return `late readings show that ${words.name} was not ${words.relation} ${limitAt(lowest)}${held}; the alarm is withdrawn`
  const inside = `the limit of ${limitAt(before.level ?? level)}`
  const back = rule.recoverMs > 0 ? ` for ${durationText(rule.recoverMs)}` : ''
  switch (change.state) {
    case 'pending':
      return `${subject}, ${beyond}`
    case 'firing':
      if (before.state === 'recovering' && before.level === level)
        return `${subject}, not inside the limit of ${limitAt(lowest)} any more`
      if (before.level === 'action' && level === 'warning')
        return `${subject}, inside ${inside}${back}, still ${beyond}`
      return `${subject}, ${beyond}${held}`
    case 'recovering':
      return before.level === 'action' && level === 'warning'
        ? `${subject}, inside ${inside}${back}`
        : `${subject}, back inside the limit of ${limitAt(lowest)}`
    case 'inactive':
      return before.state === 'pending'
        ? `${subject}, back inside ${inside} before ${durationText(rule.forMs)} were over`
        : `${subject}, inside the limit of ${limitAt(lowest)}${back}`
  }
}
