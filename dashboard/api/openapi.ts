import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { HttpServer } from '../server/http-server.ts'
import { apiDocsSecurityPolicy } from '../server/security-headers.ts'
import { type ProblemCode, problemCatalogue } from './problems.ts'
import * as schema from './schema.ts'

/** Group names of the routes, in the order they are shown. */
export const tags = {
  session: 'Log in and out',
  overview: 'The town at a glance',
  assets: 'What the city owns, and how it is',
  readings: 'What sensors said',
  alarms: 'Rules that hold',
  tickets: 'Work orders',
  rules: 'What is watched, and why',
  city: 'Classes, crews and the map',
  devices: 'Credentials of MQTT clients, and what they sent that could not be read',
  live: 'Server-sent events',
  admin: 'Users and API tokens',
  operation: 'For whoever runs the program',
} as const
export type Tag = keyof typeof tags

const named = {
  Problem: schema.problem,
  Session: schema.session,
  AssetSummary: schema.assetSummary,
  Asset: schema.assetView,
  AssetDraft: schema.assetDraft,
  Sensor: schema.sensorView,
  Series: schema.seriesView,
  Alarm: schema.alarmView,
  TicketSummary: schema.ticketSummary,
  Ticket: schema.ticketView,
  TicketDraft: schema.ticketDraft,
  TicketAction: schema.ticketActionBody,
  Evidence: schema.evidence,
  HistoryEntry: schema.historyEntry,
  RuleSummary: schema.ruleSummary,
  Rule: schema.ruleView,
  AssetClass: schema.classView,
  Crew: schema.crewView,
  Device: schema.deviceView,
  DeviceCreated: schema.deviceCreated,
  QuarantineEntry: schema.quarantineView,
  Overview: schema.overview,
  Rates: schema.rates,
  Health: schema.health,
  User: schema.userView,
  Token: schema.tokenView,
  TokenCreated: schema.tokenCreated,
}

/** Registered once for the process: zod's registry is global, and two dashboards in one test run share it. */
for (const [id, item] of Object.entries(named)) z.globalRegistry.add(item, { id, title: id })

const about = `Everything the pages use. Times are ISO 8601 UTC, units are UCUM codes, lists are
\`{"items": […], "next": cursor | null}\`; pass \`after=<next>\` for what follows.

Log in with \`POST /api/v1/login\`: the answer sets a session cookie and holds a \`csrfToken\`, which goes back as
\`X-CSRF-Token\` with every request that changes something. Programs send \`Authorization: Bearer <token>\` instead, with
a token that an admin made.

Errors are RFC 9457 problem details; test on \`code\`.`

/** Serves OpenAPI at /api/docs/json and its page at /api/docs. Routes registered after this are listed. */
export async function registerOpenApi(server: HttpServer, version: string, cookieName: string): Promise<void> {
  await server.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Lengthsman',
        version,
        description: about,
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      tags: Object.entries(tags).map(([name, description]) => ({ name, description })),
      components: {
        securitySchemes: {
          session: { type: 'apiKey', in: 'cookie', name: cookieName },
          token: { type: 'http', scheme: 'bearer' },
        },
      },
      security: [{ session: [] }, { token: [] }],
    },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  })
  await server.register(swaggerUi, {
    routePrefix: '/api/docs',
    staticCSP: apiDocsSecurityPolicy,
    theme: { title: 'Lengthsman API' },
    uiConfig: { docExpansion: 'list', deepLinking: true },
  })
}

/** The error responses of a route for its schema: one per status, naming the codes. */
export function problems(...codes: ProblemCode[]) {
  const byStatus = new Map<number, string[]>()
  for (const code of ['REQUEST_INVALID', 'NOT_LOGGED_IN', 'FORBIDDEN', ...codes] as const) {
    const { status } = problemCatalogue[code]
    byStatus.set(status, [...(byStatus.get(status) ?? []), code])
  }
  return Object.fromEntries(
    [...byStatus].map(([status, list]) => [
      status,
      {
        description: list.join(', '),
        content: { 'application/problem+json': { schema: schema.problem } },
      },
    ]),
  )
}
