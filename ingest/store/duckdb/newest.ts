import { skewCode } from './quality-codes.ts'
import { settled } from './slabs.ts'

// More fresh files than ever are there at once.
const ages = 64

/**
 * Of each sensor the newest reading in `settled_sensors` and in these tables of fresh readings, and the span of its skewed ones. Of
 * several at one time the one from the latest table wins: it replaced the others.
 */
export function newestSql(fresh: readonly string[], form: 'stored' | 'read'): string {
  // The newest time first, then the row that has it: eight times faster than carrying the whole row through the grouping.
  const rows = fresh.flatMap((table, age) => [
    `select sensor, observed_at, observed_at + delay, value, quality, null, null, observed_at * ${ages} + ${age + 1}
      from ${table} join (
        select sensor, max(observed_at) as observed_at from ${table} where quality <> ${skewCode} group by sensor
      ) using (sensor, observed_at)`,
    `select sensor, null, null, null, null, min(observed_at), max(observed_at), null
      from ${table} where quality = ${skewCode} group by sensor`,
  ])
  // As a bigint it is kept, as a double JavaScript reads it.
  const instant = form === 'stored' ? '::bigint' : '::double'
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
      select sensor, observed_at, received_at, value, quality, skew_from, skew_to, observed_at * ${ages} as precedence
      from ${settled}.settled_sensors ${rows.map((row) => `union all ${row}`).join(' ')}
    )
    group by sensor`
}
