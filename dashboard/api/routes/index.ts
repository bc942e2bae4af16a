import type { Database } from '../../../city/index.ts'
import type { HttpServer } from '../../server/http-server.ts'
import type { Parts } from '../parts.ts'
import { alarmRoutes } from './alarms.ts'
import { assetRoutes } from './assets.ts'
import { budgetRoutes } from './budgets.ts'
import { cityRoutes } from './city.ts'
import { deviceRoutes } from './devices.ts'
import { discoveredRoutes } from './discovered.ts'
import { healthRoutes } from './health.ts'
import { incidentRoutes } from './incidents.ts'
import { influxRoutes } from './influx.ts'
import { maintenanceRoutes } from './maintenance.ts'
import { mapRoutes } from './map.ts'
import { outOfServiceRoutes } from './out-of-service.ts'
import { overviewRoutes } from './overview.ts'
import { quarantineRoutes } from './quarantine.ts'
import { ruleRoutes } from './rules.ts'
import { sensorRoutes } from './sensors.ts'
import { sessionRoutes } from './session.ts'
import { sourceRoutes } from './sources.ts'
import { streamRoutes } from './stream.ts'
import { ticketRoutes } from './tickets.ts'
import { tokenRoutes } from './tokens.ts'
import { trialRoutes } from './trials.ts'
import { userRoutes } from './users.ts'

/** Every route of the API, one file a resource, in the order in which the docs show them. */
export function registerRoutes(server: HttpServer, parts: Parts, database: Database): void {
  sessionRoutes(server, parts)
  overviewRoutes(server, parts)
  assetRoutes(server, parts)
  sensorRoutes(server, parts)
  influxRoutes(server, parts)
  alarmRoutes(server, parts)
  incidentRoutes(server, parts)
  maintenanceRoutes(server, parts)
  outOfServiceRoutes(server, parts)
  ticketRoutes(server, parts)
  ruleRoutes(server, parts, database)
  trialRoutes(server, parts, database)
  budgetRoutes(server, parts, database)
  cityRoutes(server, parts)
  mapRoutes(server, parts)
  deviceRoutes(server, parts)
  discoveredRoutes(server, parts)
  sourceRoutes(server, parts)
  quarantineRoutes(server, parts)
  streamRoutes(server, parts)
  userRoutes(server, parts)
  tokenRoutes(server, parts)
  healthRoutes(server, parts, database)
}
