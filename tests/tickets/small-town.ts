import pino from 'pino'
import {
  type Asset,
  type AssetClass,
  type CityDescription,
  type Crew,
  cityMigrations,
  type Database,
  type FailureMode,
  type Instant,
  mergeMigrations,
  openDatabase,
  Registry,
} from '../../city/index.ts'
import { type EvidenceSource, Tickets, ticketMigrations } from '../../tickets/index.ts'

export const minute = 60_000
export const hour = 60 * minute
export const day = 24 * hour
/** Monday, noon. */
export const noon: Instant = Date.UTC(2026, 4, 4, 12)

const mode = (id: string, title: string, skill: string): FailureMode => ({
  id,
  title,
  skill,
  jobPlan: ['Stop it.', 'Look at it.'],
  causes: ['worn bearing'],
  remedies: ['bearing replaced'],
})

const pump: AssetClass = {
  id: 'test-pump',
  title: 'Pump',
  plural: 'Pumps',
  quantities: [
    {
      id: 'vibration',
      title: 'Vibration',
      unit: 'mm/s',
      range: { min: 0, max: 50 },
      expectedIntervalMs: minute,
      decimals: 1,
    },
    { id: 'flow', title: 'Flow', unit: 'm3/h', range: { min: 0, max: 600 }, expectedIntervalMs: minute, decimals: 0 },
  ],
  failureModes: [
    mode('bearing-wear', 'Bearing wear', 'mechanical'),
    mode('seal-leak', 'Seal leak', 'pipes'),
    mode('sensor-fault', 'Sensor fault', 'electrical'),
  ],
}

const pumpAt = (id: string, name: string, criticality: Asset['criticality'], more: Partial<Asset> = {}): Asset => ({
  id,
  name,
  class: 'test-pump',
  criticality,
  place: { latitude: 48.2, longitude: 16.4 },
  relations: [],
  ...more,
})

const crews: readonly Crew[] = [
  { id: 'water-north', name: 'Water North', skills: ['mechanical', 'pipes'], area: ['oldtown'] },
  { id: 'water-south', name: 'Water South', skills: ['mechanical'], area: ['riverside'] },
]

export const town: CityDescription = {
  name: 'Testham',
  timeZone: 'UTC',
  classes: [pump],
  assets: [
    pumpAt('pump-07', 'Pump 07', 4, { district: 'oldtown' }),
    pumpAt('pump-08', 'Pump 08', 2, { district: 'riverside', relations: [{ kind: 'fed by', asset: 'pump-07' }] }),
    pumpAt('pump-09', 'Pump 09', 2, { district: 'riverside', relations: [{ kind: 'fed by', asset: 'pump-08' }] }),
  ],
  crews,
  mapLayers: [],
}

export const noEvidence: EvidenceSource = () => Promise.resolve([])

export type TestTickets = { readonly tickets: Tickets; readonly database: Database; readonly registry: Registry }

/** The tickets of a small town, in memory unless a file is named. */
export async function openTickets({
  path = ':memory:',
  evidence = noEvidence,
}: {
  path?: string
  evidence?: EvidenceSource
} = {}): Promise<TestTickets> {
  const database = await openDatabase(path, mergeMigrations(cityMigrations, ticketMigrations))
  const registry = await Registry.open(database, () => noon)
  if (registry.isEmpty()) await registry.importCity(town)
  const tickets = await Tickets.open({ database, registry, evidence, log: pino({ level: 'silent' }) })
  return { tickets, database, registry }
}
