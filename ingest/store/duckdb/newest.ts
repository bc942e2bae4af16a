import { type FreshTable, skewCode } from './schema.ts'

/**
 * Of each sensor the newest reading in `settled_sensors` and in these fresh tables, and the span of its skewed ones. A
 * fresh reading wins over a settled one of the same time: it replaced it.
 */
export function newestSql(fresh: readonly FreshTable[], asStored = false): string {
  // The newest time first, then the row that has it: eight times faster than carrying the whole row through the grouping.
  const rows = fresh.flatMap((table) => [
    `select sensor, observed_at, observed_at + delay, value, quality, null, null, observed_at * 2 + 1
      from ${table} join (
        select sensor, max(observed_at) as observed_at from ${table} where quality <> ${skewCode} group by sensor
      ) using (sensor, observed_at)`,
    `select sensor, null, null, null, null, min(observed_at), max(observed_at), null
      from ${table} where quality = ${skewCode} group by sensor`,
  ])
  // As a bigint it is kept, as a double JavaScript reads it.
  const instant = asStored ? '::bigint' : '::double'
  return `
    select
      sensor,
      arg_max(observed_at, precedence)${instant} as observed_at,
      arg_max(received_at, precedence)${instant} as received_at,
      arg_max(value, precedence) as value,
      arg_max(quality, precedence)::utinyint as quality,
      min(skew_from)${instant} as skew_from,
      max(skew_to)${instant} as skew_to
    from (
      select sensor, observed_at, received_at, value, quality, skew_from, skew_to, observed_at * 2 as precedence
      from settled_sensors
      union all ${rows.join(' union all ')}
    )
    group by sensor`
}
