import type { Instant, QuantityDefinition } from '../../city/index.ts'
import { type Alarm, type AlarmEvent, type AlarmState, alarmStates, type Hiding } from '../alarm.ts'
import { limitOf, reasonFor } from '../kinds/kinds.ts'
import type { Level } from '../rule.ts'
import type { AlarmRef } from './alarm-ref.ts'
import type { Handling } from './handling.ts'
import type { Transition } from './sensor-watch.ts'

/** What is said of a change besides where the alarm then stands. */
export type Said = Pick<Transition, 'at' | 'before' | 'origin'>

/** From the engine's numbers to the alarm as everybody else knows it. */
export function describeAlarm(
  { rule, watch, standing, error }: AlarmRef,
  around: { readonly handling: Handling | undefined; readonly hiddenBy: Hiding | undefined },
): Alarm {
  const { sensor } = watch
  const id = alarmIdOf(rule.id, sensor.asset)
  const level = levelOf(standing.level)
  const startedAt = defined(standing.startedAt)
  const occurrence = startedAt === undefined ? undefined : `${id}@${startedAt}`
  const acknowledged = around.handling?.acknowledged
  return {
    id,
    rule,
    asset: sensor.asset,
    sensor: sensor.id,
    state: stateOf(standing.state),
    level,
    since: standing.since,
    startedAt,
    occurrence,
    measured: defined(standing.measured),
    forecast: standing.forecast,
    limit: limitOf(rule, level, sensor.quantity),
    hiddenBy: around.hiddenBy,
    acknowledgedBy: occurrence !== undefined && acknowledged?.occurrence === occurrence ? acknowledged.by : undefined,
    error,
  }
}

/** The event of a change; `alarm` is as of that change. */
export function describeChange(
  alarm: Alarm,
  change: Said,
  { quantity, timeZone }: { readonly quantity: QuantityDefinition; readonly timeZone: string },
  judgedAt: Instant,
): AlarmEvent {
  const before = { state: stateOf(change.before.state), level: levelOf(change.before.level) }
  const { rule, state, level, measured, forecast } = alarm
  const reason = reasonFor({
    rule,
    quantity,
    state,
    level,
    measured,
    before,
    origin: change.origin,
    at: change.at,
    forecast,
    timeZone,
  })
  return { alarm, before, at: change.at, judgedAt, reason }
}

/** What an alarm says of where it stands, as its last change said it, with what was measured since; nothing when it is inactive. */
export function standingReason(
  alarm: Alarm,
  at: Instant,
  { quantity, timeZone }: { readonly quantity: QuantityDefinition; readonly timeZone: string },
): string | undefined {
  const { rule, state, level, measured, forecast } = alarm
  if (state === 'inactive') return undefined
  const before = { state: 'inactive', level: undefined } as const
  return reasonFor({ rule, quantity, state, level, measured, before, origin: 'present', at, forecast, timeZone })
}

export function alarmIdOf(rule: string, asset: string): string {
  return `${rule}@${asset}`
}

export function stateOf(index: number): AlarmState {
  return alarmStates[index] ?? 'inactive'
}

function levelOf(index: number): Level | undefined {
  return index === 2 ? 'action' : index === 1 ? 'warning' : undefined
}

function defined(value: number): number | undefined {
  return Number.isNaN(value) ? undefined : value
}
