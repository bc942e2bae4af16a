import { type AssetId, type Instant, sensorId } from '../../city/index.ts'
import type { Alarm, AlarmEvent, AlarmState, Level, Rule } from '../../rules/index.ts'
import { hour, minute } from './small-town.ts'

export const vibrationHigh: Rule = {
  id: 'vibration-high',
  version: '0123456789ab',
  title: 'Vibration high',
  class: 'test-pump',
  failureMode: 'bearing-wear',
  severity: { warning: 'moderate', action: 'major' },
  condition: {
    kind: 'threshold',
    quantity: 'vibration',
    direction: 'above',
    limits: { warning: 4.5, action: 7.1 },
    hysteresis: 0.5,
  },
  forMs: 10 * minute,
  recoverMs: 10 * minute,
  watchMs: 24 * hour,
  advice: 'Check the drive-end bearing.',
  source: 'ISO 10816',
  text: 'id: vibration-high\n',
}

export const flowLow: Rule = {
  ...vibrationHigh,
  id: 'flow-low',
  title: 'Flow low',
  severity: { warning: 'minor', action: 'critical' },
  condition: { kind: 'threshold', quantity: 'flow', direction: 'below', limits: { warning: 50 }, hysteresis: 5 },
  watchMs: 48 * hour,
}

type Bout = {
  readonly rule?: Rule
  readonly asset?: AssetId
  /** When this bout of trouble began. */
  readonly startedAt: Instant
  readonly at: Instant
  readonly level?: Level
  readonly before?: AlarmState
  readonly hiddenBy?: Alarm['hiddenBy']
  readonly error?: string
}

/** An alarm as the engine would hand it over. */
export function alarm(state: AlarmState, bout: Bout): Alarm {
  const { rule = vibrationHigh, asset = 'pump-07', startedAt, at, level = 'warning' } = bout
  const id = `${rule.id}@${asset}`
  const active = state !== 'inactive'
  const quantity = rule.condition.quantity
  return {
    id,
    rule,
    asset,
    sensor: sensorId(asset, quantity),
    state,
    level: active ? level : undefined,
    since: at,
    startedAt: active ? startedAt : undefined,
    occurrence: active ? `${id}@${startedAt}` : undefined,
    measured: active ? (level === 'action' ? 7.4 : 4.8) : 2.1,
    limit: level === 'action' ? 7.1 : 4.5,
    hiddenBy: bout.hiddenBy,
    acknowledgedBy: undefined,
    error: bout.error,
  }
}

export function changeTo(state: AlarmState, bout: Bout): AlarmEvent {
  const now = alarm(state, bout)
  const before = bout.before ?? (state === 'firing' ? 'pending' : state === 'inactive' ? 'recovering' : 'firing')
  const value = `${now.rule.condition.quantity} ${now.measured} mm/s`
  const words = state === 'firing' ? `${value}, above ${now.limit} for 10 min` : `${value}, inside the limit of 4.5`
  return { alarm: now, before: { state: before, level: now.level }, at: bout.at, judgedAt: bout.at, reason: words }
}

export const fires = (bout: Bout): AlarmEvent => changeTo('firing', bout)
export const isOver = (bout: Bout): AlarmEvent => changeTo('inactive', bout)
