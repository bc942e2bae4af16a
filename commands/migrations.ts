import { cityMigrations, type Migrations } from '../city/index.ts'
import { dashboardMigrations } from '../dashboard/index.ts'
import { ingestMigrations } from '../ingest/index.ts'
import { ruleMigrations } from '../rules/index.ts'
import { ticketMigrations } from '../tickets/index.ts'

/** Each folder keeps its own tables in the one database; in the order in which they refer to each other. */
export const allMigrations: Migrations = {
  ...cityMigrations,
  ...ingestMigrations,
  ...ruleMigrations,
  ...ticketMigrations,
  ...dashboardMigrations,
}
