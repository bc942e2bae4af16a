import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import type { Sensor } from '../../../city/index.ts'
import type { Series } from '../../../ingest/index.ts'
import { callerOf } from '../../access/caller.ts'
import type { HttpServer } from '../../server/http-server.ts'
import { csvOf } from '../csv.ts'
import { problems } from '../openapi.ts'
import type { Parts } from '../parts.ts'
import { problem } from '../problems.ts'
import { readingDrafts, readingsOutcome, type SeriesView, seriesView } from '../schema.ts'
import { isoOf } from '../views/iso.ts'

/** Wider than any screen; the answer stays under 200 KB. */
const pointsMax = 5_000
const pointsDefault = 1_000
const defaultRangeMs = 86_400_000
/** 10,000 readings with long names. */
const readingsBodyBytesMax = 4 * 1_024 * 1_024

const time = z.iso.datetime({ offset: true })

export function sensorRoutes(server: HttpServer, parts: Parts): void {
  const { registry, store, ingest, now } = parts

  const known = (asset: string, quantity: string): Sensor => {
    const id = `${asset}/${quantity}`
    const sensor = registry.sensor(id)
    if (sensor !== undefined) return sensor
    const meant = registry.suggestSensor(id)
    throw problem('SENSOR_UNKNOWN', { sensor: id, suggestion: meant === undefined ? '' : `; did you mean ${meant}?` })
  }

  server.route({
    method: 'GET',
    url: '/api/v1/sensors/:asset/:quantity/readings',
    config: { access: 'city:read' },
    schema: {
      summary: 'Read the past of a sensor',
      description:
        'Raw readings when they fit into `points`, else minimum, maximum and mean per bucket. ' +
        'With `Accept: text/csv` (or `format=csv`, for a link) every reading of the range, as a download.',
      tags: ['readings'],
      params: z.object({ asset: z.string().max(64), quantity: z.string().max(64) }),
      querystring: z.object({
        from: time.optional().describe('A day before `to` when absent'),
        to: time.optional().describe('Exclusive; now when absent'),
        points: z.coerce.number().int().min(1).max(pointsMax).default(pointsDefault).describe('Width of the chart'),
        format: z.enum(['json', 'csv']).optional(),
      }),
      produces: ['application/json', 'text/csv'],
      response: {
        200: {
          description: 'The series',
          content: {
            'application/json': { schema: seriesView },
            'text/csv': { schema: z.string().describe('observedAt,value,unit,quality') },
          },
        },
        ...problems('SENSOR_UNKNOWN', 'RANGE_INVALID', 'STORE_UNAVAILABLE'),
      },
    },
    handler: async (request, reply) => {
      const sensor = known(request.params.asset, request.params.quantity)
      const to = request.query.to === undefined ? now() : Date.parse(request.query.to)
      const from = request.query.from === undefined ? to - defaultRangeMs : Date.parse(request.query.from)
      if (to <= from) throw problem('RANGE_INVALID', { from: isoOf(from), to: isoOf(to) })
      reply.header('vary', 'accept')
      if (wantsCsv(request.query.format, request.headers.accept)) {
        const rows = csvOf(store, sensor, from, to)
        const first = await rows.next()
        sendCsv(reply, sensor, first.value ?? '', rows)
        return reply
      }
      const series = await store.series({ sensor: sensor.id, from, to, points: request.query.points })
      return reply.type('application/json; charset=utf-8').send(seriesViewOf(sensor, from, to, series))
    },
  })

  server.route({
    method: 'POST',
    url: '/api/v1/readings',
    bodyLimit: readingsBodyBytesMax,
    config: { access: 'readings:write' },
    // Before it is checked, so that what is wrong with one reading is told as it is for a list.
    preValidation: async (request) => {
      const { body } = request as { readonly body: unknown }
      if (typeof body === 'object' && body !== null && !Array.isArray(body)) Object.assign(request, { body: [body] })
    },
    schema: {
      summary: 'Send readings',
      description:
        'For what cannot speak MQTT: a list, or one reading by itself. `sensor` is `asset/quantity`, or a source name ' +
        '(`chirpstack:70b3d57ed0001234/temperature`) that is mapped to one; it holds a colon. The answer comes when all ' +
        'that was accepted is committed to disk; each refused one is listed with its reason. On 503 nothing is ' +
        'promised: send the same again, what was kept counts once.',
      tags: ['readings'],
      body: readingDrafts,
      response: { 200: readingsOutcome, ...problems('BODY_TOO_LARGE', 'READINGS_BACKLOG', 'STORE_UNAVAILABLE') },
    },
    handler: async (request) => {
      const { accepted, refused } = await ingest.submit(
        request.body.map(({ sensor, value, observedAt, quality }) => ({
          sensor,
          value,
          observedAt: observedAt === undefined ? undefined : Date.parse(observedAt),
          quality,
        })),
        { device: callerOf(request).name, topic: 'HTTP JSON' },
      )
      return {
        accepted,
        refused: refused.map(({ suggestion, ...rest }) => ({ ...rest, suggestion: suggestion ?? null })),
      }
    },
  })
}

function sendCsv(reply: FastifyReply, { asset, quantity }: Sensor, first: string, rest: AsyncIterable<string>): void {
  const name = `${asset}-${quantity.id}.csv`
  reply.type('text/csv; charset=utf-8').header('content-disposition', `attachment; filename="${name}"`)
  reply.send(Readable.from(joined(first, rest)))
}

async function* joined(first: string, rest: AsyncIterable<string>): AsyncGenerator<string> {
  yield first
  yield* rest
}

function wantsCsv(format: 'json' | 'csv' | undefined, accept: string | undefined): boolean {
  return format === undefined ? /\btext\/csv\b/.test(accept ?? '') : format === 'csv'
}

function seriesViewOf(sensor: Sensor, from: number, to: number, series: Series): SeriesView {
  const about = { sensor: sensor.id, unit: sensor.quantity.unit, from: isoOf(from), to: isoOf(to), at: series.at }
  if (series.kind === 'raw') {
    const { value, quality } = series
    return { ...about, kind: 'raw', widthMs: null, min: value, max: value, mean: value, quality }
  }
  const { widthMs, min, max, mean } = series
  return { ...about, kind: 'buckets', widthMs, min, max, mean, quality: null }
}
