import { type Alarm, type Hiding, standingReason } from '../../../rules/index.ts'
import type { Parts } from '../parts.ts'
import type { AlarmView } from '../schema.ts'
import { forecastViewOf, isoOf, isoOrNull } from './iso.ts'

export function alarmViewOf(alarm: Alarm, { registry, now }: Pick<Parts, 'registry' | 'now'>): AlarmView {
  const { rule, level } = alarm
  const quantity = registry.sensor(alarm.sensor)?.quantity
  return {
    id: alarm.id,
    rule: rule.id,
    ruleTitle: rule.title,
    asset: alarm.asset,
    sensor: alarm.sensor,
    failureMode: rule.failureMode,
    state: alarm.state,
    level: level ?? null,
    severity: level === undefined ? null : (rule.severity[level] ?? null),
    since: isoOf(alarm.since),
    startedAt: isoOrNull(alarm.startedAt),
    measured: alarm.measured ?? null,
    limit: alarm.limit ?? null,
    forecast: forecastViewOf(alarm.forecast),
    hiddenBy: alarm.hiddenBy === undefined ? null : hidingViewOf(alarm.hiddenBy),
    acknowledgedBy: alarm.acknowledgedBy ?? null,
    reason: (quantity && standingReason(alarm, now(), { quantity, timeZone: registry.timeZone })) ?? null,
    error: alarm.error ?? null,
  }
}

export function hidingViewOf(hiding: Hiding): NonNullable<AlarmView['hiddenBy']> {
  return {
    kind: hiding.kind,
    reason: hiding.reason,
    ...(hiding.kind === 'suppressed' ? { parent: hiding.parent } : { by: hiding.by }),
    ...(hiding.until === undefined ? {} : { until: isoOf(hiding.until) }),
    ...(hiding.kind === 'out-of-service' && hiding.window !== undefined ? { window: hiding.window } : {}),
  }
}
