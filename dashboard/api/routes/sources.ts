import { z } from 'zod'
import { type KeptSource, writeSourcesCsv } from '../../../city/index.ts'
import type { HttpServer } from '../../server/http-server.ts'
import { listOf, pageOf, pageQuery } from '../list.ts'
import { problems } from '../openapi.ts'
import type { Parts } from '../parts.ts'
import { problem } from '../problems.ts'
import { type SourceView, sourceView } from '../schema.ts'

/** Names that devices use, and the sensors they stand for. They are made by adopting (discovered.ts). */
export function sourceRoutes(server: HttpServer, { registry }: Parts): void {
  server.route({
    method: 'GET',
    url: '/api/v1/sources',
    config: { access: 'devices:read' },
    schema: {
      summary: 'List mapped names',
      description: 'What devices call their values, the sensor each stands for, and how the value is converted.',
      tags: ['devices'],
      querystring: z.object({
        ...pageQuery,
        after: z.string().max(256).optional().describe('`next` of the page before'),
        format: z
          .enum(['json', 'csv'])
          .default('json')
          .describe('`csv`: all of them, as `lengthsman import` reads them'),
      }),
      produces: ['application/json', 'text/csv'],
      response: {
        200: {
          description: 'The mapped names',
          content: {
            'application/json': { schema: listOf(sourceView) },
            'text/csv': { schema: z.string().describe('source,sensor,unit,factor,offset') },
          },
        },
        ...problems(),
      },
    },
    handler: async (request, reply) => {
      if (request.query.format === 'csv')
        return reply
          .type('text/csv; charset=utf-8')
          .header('content-disposition', 'attachment; filename="sources.csv"')
          .send(writeSourcesCsv(registry.sources()))
      return pageOf(byName(registry.sources()), request.query, (source) => source.name, sourceViewOf)
    },
  })

  server.route({
    method: 'DELETE',
    url: '/api/v1/sources',
    config: { access: 'devices:edit' },
    schema: {
      summary: 'Take a mapping back',
      description: 'Readings under the name are kept for nobody from now on; what was kept stays.',
      tags: ['devices'],
      querystring: z.object({ name: z.string().min(1).max(256) }),
      response: { 204: z.undefined().describe('Taken back'), ...problems('SOURCE_UNKNOWN', 'CSRF_REFUSED') },
    },
    handler: async (request, reply) => {
      const { name } = request.query
      if (!(await registry.removeSource(name))) throw problem('SOURCE_UNKNOWN', { source: name })
      return reply.code(204).send()
    },
  })
}

export function sourceViewOf({ name, sensor, unit, factor, offset, fault }: KeptSource): SourceView {
  return {
    name,
    sensor,
    unit: unit ?? null,
    factor: factor ?? null,
    offset: offset ?? null,
    fault: fault ?? null,
  }
}

export function byName<Item extends { readonly name: string }>(items: readonly Item[]): Item[] {
  return [...items].sort((one, other) => (one.name < other.name ? -1 : 1))
}
