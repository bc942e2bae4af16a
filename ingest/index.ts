export type { Refused } from './batch.ts'
export { Clocks, type ClockView } from './clocks/clocks.ts'
export {
  Discovered,
  type DiscoveredDevice,
  type DiscoveredSensor,
  discoveredDevicesMax,
  discoveredMax,
  type Sighting,
} from './discovered/discovered.ts'
export { Ingest, type IngestOptions, IngestOverloaded, type IngestStats, type SensorLookup } from './ingest.ts'
export { ingestMigrations } from './migrations.ts'
export { type BehindDevice, type DevicePresence, Presences } from './presence/presences.ts'
export { clockSkewMs, lateAfterMs, qualityOf } from './quality.ts'
export { Quarantine, type QuarantineEntry, type QuarantineTotals } from './quarantine/quarantine.ts'
export * from './reading.ts'
export { type DuckDbOptions, openDuckDbStore } from './store/duckdb/duckdb-store.ts'
export type { InfluxOptions } from './store/influx/connection.ts'
export { openInfluxStore } from './store/influx/open.ts'
export { openSpooledInflux } from './store/influx/open-spooled.ts'
export {
  codeOf,
  inOrder,
  momentOf,
  type PackedReadings,
  readPacked,
  stampCode,
  stampCodes,
  stampOf,
} from './store/packed-readings.ts'
export * from './store/reading-store.ts'
export { openSpool } from './store/spool/open.ts'
export type { SpoolOptions } from './store/spool/spool-store.ts'
export type { ReadingDraft, SubmissionOutcome } from './submission.ts'
export * from './wire/index.ts'
