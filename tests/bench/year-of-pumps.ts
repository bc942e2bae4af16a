import { openFile } from '../../ingest/store/duckdb/file.ts'
import { addSlab, readingColumns, slabTable, viewSql } from '../../ingest/store/duckdb/slabs.ts'

const minuteMs = 60_000
// What merging leaves of such readings: a slab is finished with 20,000 readings of each sensor and 8 million in all.
const slabMinutes = 87_600
export const yearMinutes = 525_600
export const yearFrom = Date.UTC(2025, 0, 1)
export const yearTo = yearFrom + yearMinutes * minuteMs

export function benchAsset(index: number): string {
  return `pump-${String(index).padStart(3, '0')}`
}

/**
 * A year of vibration at one reading a minute, written by SQL in the slabs that settling and merging leave: a daily swing,
 * noise of the sensor, and two or three bearings' worth of wear a pump, which is mended after two days.
 */
export async function writeYearOfPumps(path: string, sensors: number): Promise<void> {
  const { writing: connection, close } = await openFile({ path, memoryLimitMb: 1_000 })
  await connection.run(
    `insert into settled.sensors select s, 'pump-' || lpad(s::varchar, 3, '0') || '/vibration' from range(${sensors}) as r(s)`,
  )
  const slabs = []
  for (let start = 0, id = 1; start < yearMinutes; start += slabMinutes, id++) {
    const end = Math.min(yearMinutes, start + slabMinutes)
    await connection.run(`create table ${slabTable(id)} ${readingColumns}`)
    await connection.run('begin')
    for (let s = 0; s < sensors; s++) {
      const minutes = s % 2 === 0 ? `range(${start}, ${end})` : `range(${end - 1}, ${start - 1}, -1)`
      await connection.run(`
        insert into ${slabTable(id)}
        select ${s}, ${yearFrom} + minute * ${minuteMs} + ${(s % 60) * 1_000}, 60 + hash(${s} * 104729 + minute) % 256,
          round(2.4 + 0.3 * sin(minute * 2 * pi() / 1440) + (hash(minute * 31 + ${s}) % 1000) / 2500.0
            + 5.0 * greatest(0, 1 - abs((minute + ${s} * 7919) % 200000 - 3000) / 3000.0), 3), 0
        from (select unnest(${minutes}) as minute)`)
    }
    await connection.run('commit')
    const slab = await addSlab(connection, id, slabTable(id))
    if (slab !== undefined) slabs.push(slab)
    await connection.run('checkpoint settled')
  }
  await connection.run(`insert into settled.settled_sensors
    select sensor, observed_at, observed_at + delay, value, quality, null, null
    from ${slabTable(slabs.length)} where observed_at >= ${yearTo - minuteMs}`)
  await connection.run(viewSql(slabs))
  await connection.run('checkpoint settled')
  close()
}
