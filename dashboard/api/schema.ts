/**
 * Every resource of the HTTP API, once: the server validates with these, OpenAPI is made from them, and the pages take
 * their types from them (`import type`, so that zod stays out of the browser). Times are ISO 8601 UTC, units UCUM codes.
 */
export { type TicketActionName, ticketActions } from '../../tickets/index.ts'
export * from './schema/alarms.ts'
export * from './schema/assets.ts'
export * from './schema/classes.ts'
export * from './schema/devices.ts'
export * from './schema/overview.ts'
export * from './schema/people.ts'
export * from './schema/problems.ts'
export * from './schema/readings.ts'
export * from './schema/rules.ts'
export * from './schema/sensors.ts'
export * from './schema/situation.ts'
export * from './schema/sources.ts'
export { place } from './schema/terms.ts'
export * from './schema/tickets.ts'
export * from './schema/trials.ts'
