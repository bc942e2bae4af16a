import type { AssetId, Instant, SensorId } from '../city/index.ts'
import type { Level, Rule } from './rule.ts'

export const alarmStates = ['inactive', 'pending', 'firing', 'recovering'] as const
export type AlarmState = (typeof alarmStates)[number]

/** What hides an alarm from crews (ISA-18.2). It is judged and listed all the same. */
export type Hiding =
  | { readonly kind: 'shelved'; readonly reason: string; readonly by: string; readonly until: Instant }
  | {
      readonly kind: 'suppressed'
      readonly reason: string
      readonly parent: AssetId
      /** The parent's own verdict is awaited, for no longer than until then. */
      readonly until?: Instant
    }
  | {
      readonly kind: 'out-of-service'
      readonly reason: string
      readonly by: string
      readonly until?: Instant
      /** The service window. */
      readonly window?: string
    }

/** When something will happen: as likely before `at` as after; with 80 % probability not before `from` and not after `to`. */
export type Forecast = {
  readonly at: Instant
  readonly from: Instant
  /** `undefined`: it may as well never happen. */
  readonly to?: Instant | undefined
}

/** One rule on one asset. */
export type Alarm = {
  /** `rule@asset`. */
  readonly id: string
  readonly rule: Rule
  readonly asset: AssetId
  readonly sensor: SensorId
  readonly state: AlarmState
  /** The higher level that holds (firing) or would (pending); `undefined` when inactive. */
  readonly level: Level | undefined
  /** Event time at which the state was entered. */
  readonly since: Instant
  /** Event time at which the trouble began: when it first went pending. `undefined` when inactive. */
  readonly startedAt: Instant | undefined
  /**
   * Names this bout of trouble: `rule@asset@startedAt`. The same readings give the same name, however often they are judged;
   * a ticket remembers it, so that a replay raises nothing twice.
   */
  readonly occurrence: string | undefined
  /** What was last judged: the value, slope (per `perMs`), or silence in ms; and the limit it was held against. */
  readonly measured: number | undefined
  readonly limit: number | undefined
  /** Of a rule that looks ahead: when the limit will be reached. */
  readonly forecast?: Forecast | undefined
  readonly hiddenBy: Hiding | undefined
  readonly acknowledgedBy: string | undefined
  /** A rule that threw is quarantined: its error, on show. */
  readonly error: string | undefined
}

/** A change of an alarm's state or level, with the words for it. */
export type AlarmEvent = {
  readonly alarm: Alarm
  readonly before: { readonly state: AlarmState; readonly level: Level | undefined }
  /** Event time of the change. */
  readonly at: Instant
  /** When we judged it. */
  readonly judgedAt: Instant
  /** One sentence for people: `vibration 7.4 mm/s, above 7.1 for 10 min`. */
  readonly reason: string
}
