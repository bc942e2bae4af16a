import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { HttpServer } from '../server/http-server.ts'
import { apiDocsSecurityPolicy } from '../server/security-headers.ts'
import { named } from './examples.ts'
import { type ProblemCode, problemCatalogue } from './problems.ts'
import { problem } from './schema.ts'

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

/** Registered once for the process: zod's registry is global, and two dashboards in one test run share it. */
for (const [id, { schema, description, example }] of Object.entries(named))
  z.globalRegistry.add(schema, {
    id,
    title: id,
    description,
    ...(example === undefined ? {} : { examples: [example] }),
  })

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
    transformObject: (document) => withoutUnused(jsonSchemaTransformObject(document)),
  })
  await server.register(swaggerUi, {
    routePrefix: '/api/docs',
    staticCSP: apiDocsSecurityPolicy,
    theme: { title: 'Lengthsman API' },
    uiConfig: { docExpansion: 'list', deepLinking: true },
  })
}

type Document = ReturnType<typeof jsonSchemaTransformObject>

/** Each named schema is written out for input and for output; only what a route refers to is kept. */
function withoutUnused(document: Document): Document {
  if (!('openapi' in document)) return document
  const schemas: Readonly<Record<string, unknown>> = document.components?.schemas ?? {}
  const kept = new Map<string, unknown>()
  const keep = (part: unknown) => {
    for (const [, name = ''] of JSON.stringify(part).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      if (kept.has(name)) continue
      kept.set(name, schemas[name])
      keep(schemas[name])
    }
  }
  keep(document.paths)
  return { ...document, components: { ...document.components, schemas: Object.fromEntries(kept) } } as Document
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
        content: { 'application/problem+json': { schema: problem } },
      },
    ]),
  )
}
