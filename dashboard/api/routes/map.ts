import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { mapLayerNames, type Registry } from '../../../city/index.ts'
import type { HttpServer } from '../../server/http-server.ts'
import { problems } from '../openapi.ts'
import type { Parts } from '../parts.ts'
import { problem } from '../problems.ts'
import { featureCollection, mapLayers } from '../schema.ts'

/** A drawing made ready for sending: it is large, changes hardly ever, and is asked for by every page. */
type Prepared = { readonly etag: string; readonly plain: Buffer; readonly zipped: Buffer }

const everything = 'everything'

export function mapRoutes(server: HttpServer, { registry }: Parts): void {
  const drawings = new Drawings(registry)
  server.addHook('onClose', () => drawings.close())

  server.route({
    method: 'GET',
    url: '/api/v1/map',
    config: { access: 'city:read' },
    schema: {
      summary: 'Read the map',
      description: 'All layers, in the order they are drawn. Carries an ETag.',
      tags: ['city'],
      response: {
        200: mapLayers,
        304: z.undefined().describe('As you have it'),
        ...problems(),
      },
    },
    handler: async (request, reply) => {
      answer(request, reply, drawings.get(everything))
      return reply
    },
  })

  server.route({
    method: 'GET',
    url: '/api/v1/map/:layer',
    config: { access: 'city:read' },
    schema: {
      summary: 'Read one layer of the map',
      description: 'A GeoJSON FeatureCollection; empty where the city has no such layer. Carries an ETag.',
      tags: ['city'],
      params: z.object({ layer: z.string().max(64).describe(mapLayerNames.join(', ')) }),
      response: {
        200: featureCollection,
        304: z.undefined().describe('As you have it'),
        ...problems('MAP_LAYER_UNKNOWN'),
      },
    },
    handler: async (request, reply) => {
      const { layer } = request.params
      if (!mapLayerNames.some((name) => name === layer)) throw problem('MAP_LAYER_UNKNOWN', { layer })
      answer(request, reply, drawings.get(layer))
      return reply
    },
  })
}

/** Bytes go out as they are, past the response schema: the registry has checked them once. */
function answer(request: FastifyRequest, reply: FastifyReply, { etag, plain, zipped }: Prepared): void {
  reply.header('etag', etag).header('cache-control', 'private, no-cache').header('vary', 'accept-encoding')
  if (request.headers['if-none-match'] === etag) {
    reply.code(304).send()
    return
  }
  reply.type('application/json; charset=utf-8')
  if (/\bgzip\b/.test(request.headers['accept-encoding'] ?? '')) reply.header('content-encoding', 'gzip').send(zipped)
  else reply.send(plain)
}

/** Prepared when first asked for, and anew after the registry changed. */
class Drawings {
  readonly #registry: Registry
  readonly #prepared = new Map<string, Prepared>()
  readonly close: () => void

  constructor(registry: Registry) {
    this.#registry = registry
    this.close = registry.onChange(() => this.#prepared.clear())
  }

  get(layer: string): Prepared {
    const known = this.#prepared.get(layer)
    if (known !== undefined) return known
    const made = prepare(this.#drawing(layer))
    this.#prepared.set(layer, made)
    return made
  }

  #drawing(layer: string): unknown {
    const layers = this.#registry.mapLayers()
    if (layer === everything) return { items: layers }
    return layers.find(({ name }) => name === layer)?.features ?? { type: 'FeatureCollection', features: [] }
  }
}

function prepare(drawing: unknown): Prepared {
  const plain = Buffer.from(JSON.stringify(drawing))
  const hash = createHash('sha256').update(plain).digest('base64url').slice(0, 22)
  return { etag: `"${hash}"`, plain, zipped: gzipSync(plain) }
}
