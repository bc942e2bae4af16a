import type { Alarm, Hiding } from '../../../rules/index.ts'
import type { AlarmView } from '../schema.ts'
import { forecastViewOf, isoOf, isoOrNull } from './iso.ts'

export function alarmViewOf(alarm: Alarm): AlarmView {
  const { rule, level } = alarm
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
