import { z } from 'zod'
import type { HttpServer } from '../../server/http-server.ts'
import { listOf } from '../list.ts'
import { problems } from '../openapi.ts'
import type { Parts } from '../parts.ts'
import { problem } from '../problems.ts'
import { quarantineView } from '../schema.ts'
import { isoOf } from '../views/iso.ts'

/** Rows hold up to 4 KB of payload each: 2 MB at worst. */
const limitMax = 500

const cursor = z
  .string()
  .regex(/^\d{1,16}-\d{1,12}$/, 'expected `next` of the page before')
  .transform((text) => {
    const [lastAt, id] = text.split('-').map(Number)
    return { lastAt: lastAt ?? 0, id: id ?? 0 }
  })

export function quarantineRoutes(server: HttpServer, { quarantine }: Parts): void {
  server.route({
    method: 'GET',
    url: '/api/v1/quarantine',
    config: { access: 'quarantine:read' },
    schema: {
      summary: 'List what was refused',
      description: 'What devices sent and could not be used, the newest first, with the reason and a suggestion.',
      tags: ['devices'],
      querystring: z.object({
        limit: z.coerce.number().int().min(1).max(limitMax).default(100).describe('Items at most'),
        after: cursor.optional().describe('`next` of the page before'),
      }),
      response: { 200: listOf(quarantineView), ...problems() },
    },
    handler: async (request) => {
      const { limit, after } = request.query
      const entries = await quarantine.list({ limit, before: after })
      const last = entries.at(-1)
      return {
        items: entries.map(({ firstAt, lastAt, ...entry }) => ({
          ...entry,
          firstAt: isoOf(firstAt),
          lastAt: isoOf(lastAt),
        })),
        next: last === undefined || entries.length < limit ? null : `${last.lastAt}-${last.id}`,
      }
    },
  })

  server.route({
    method: 'DELETE',
    url: '/api/v1/quarantine/:id',
    config: { access: 'quarantine:edit' },
    schema: {
      summary: 'Forget a refused message',
      tags: ['devices'],
      params: z.object({ id: z.coerce.number().int().min(1) }),
      response: { 204: z.undefined().describe('Forgotten'), ...problems('QUARANTINE_UNKNOWN', 'CSRF_REFUSED') },
    },
    handler: async (request, reply) => {
      const { id } = request.params
      if (!(await quarantine.remove(id))) throw problem('QUARANTINE_UNKNOWN', { id: String(id) })
      return reply.code(204).send()
    },
  })
}
