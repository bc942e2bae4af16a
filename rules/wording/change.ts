import type { Instant, QuantityDefinition } from '../../city/index.ts'
import type { AlarmState, Forecast } from '../alarm.ts'
import type { Level, Rule } from '../rule.ts'

/** What a sentence about a change is made from. */
export type Change = {
  readonly rule: Rule
  readonly quantity: QuantityDefinition
  readonly state: AlarmState
  readonly level: Level | undefined
  readonly measured: number | undefined
  readonly before: { readonly state: AlarmState; readonly level: Level | undefined }
  readonly origin: 'reading' | 'late' | 'withdrawn' | 'present'
  /** Event time of the change; and the city's zone, for words about dates. */
  readonly at?: Instant
  readonly timeZone?: string
  readonly forecast?: Forecast | undefined
}

/** The quantity within a sentence: `pH` and `CO₂` keep their capitals. */
export function nameOf({ title }: QuantityDefinition): string {
  return /^\p{Lu}\p{Ll}/u.test(title) ? title.charAt(0).toLowerCase() + title.slice(1) : title
}
