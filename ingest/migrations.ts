import { mergeMigrations } from '../city/index.ts'
import { discoveredMigrations } from './discovered/migrations.ts'
import { quarantineMigrations } from './quarantine/migrations.ts'

export const ingestMigrations = mergeMigrations(quarantineMigrations, discoveredMigrations)
