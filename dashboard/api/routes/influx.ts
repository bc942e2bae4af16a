import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { type LineFault, lineReadings, type Precision, precisions, readLines } from '../../../ingest/index.ts'
import { callerOf } from '../../access/caller.ts'
import { recognise } from '../../server/errors.ts'
import type { HttpServer } from '../../server/http-server.ts'
import { lineText } from '../line-body.ts'
import type { Parts } from '../parts.ts'
import { problem } from '../problems.ts'
import { lineProblem } from '../schema.ts'

/** Unpacked. Some 50,000 readings; Telegraf halves what it is told is too large, and sends the halves. */
const bodyBytesMax = 4 * 1_024 * 1_024
const fieldsMax = 50_000
/** Dropped lines that the answer names one by one. */
const toldMax = 10

const query = z.object({
  precision: z
    .enum(Object.keys(precisions) as [Precision, ...Precision[]])
    .default('ns')
    .describe('Of the timestamps'),
  org: z.string().optional().describe('Not used'),
  bucket: z.string().optional().describe('Not used'),
})

/** For agents that speak to InfluxDB: they point at us instead. */
export function influxRoutes(server: HttpServer, parts: Parts): void {
  // A room of its own: here a body of whatever type is text, and errors have the form that InfluxDB's clients read.
  void server.register(async (room: HttpServer) => {
    room.removeAllContentTypeParsers()
    room.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
    room.setErrorHandler(answerAsInflux)
    for (const url of ['/api/v2/write', '/write'] as const) writeRoute(room, parts, url)
    pingRoute(room, parts)
  })
}

function writeRoute(room: HttpServer, parts: Parts, url: '/api/v2/write' | '/write'): void {
  room.route({
    method: 'POST',
    url,
    bodyLimit: bodyBytesMax,
    config: { access: 'readings:write', tokenAsInflux: true },
    schema: {
      summary: url === '/write' ? 'Write line protocol (InfluxDB 1.x)' : 'Write line protocol (InfluxDB 2.x)',
      description:
        'For Telegraf and other agents of InfluxDB; gzip is taken. An `asset` tag (or the measurement) with fields named ' +
        'like its quantities writes its sensors; anything else is the source `line:{token}/{series}/{field}`, to be mapped. ' +
        '204 when every line is kept and synced to disk. 400 names what was dropped; the other lines are kept. On 503 send ' +
        'the same again after `Retry-After`; what was kept counts once. The token goes as `Authorization: Token …`' +
        (url === '/write' ? ', as the password of Basic, or as `p`.' : ' or `Bearer …`.'),
      tags: ['readings'],
      consumes: ['text/plain'],
      querystring: query,
      body: z.any().meta({ description: 'Lines', examples: ['pump,asset=pump-07 vibration=3.2 1777888800000000000'] }),
      response: {
        204: z.undefined().describe('All is kept'),
        400: lineProblem.describe('Nothing, or not all, could be kept'),
        401: lineProblem.describe('No valid token'),
        413: lineProblem.describe('Send less at once'),
        503: lineProblem.describe('Not kept now: send again'),
      },
    },
    handler: async (request, reply) => {
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
      const text = await lineText(body, request.headers['content-encoding'], bodyBytesMax)
      const dropped = await keep(parts, text, callerOf(request).name, request.query.precision)
      return dropped === undefined ? reply.code(204).send() : answer(request, reply, 400, 'invalid', dropped)
    },
  })
}

type Dropped = { readonly message: string; readonly line?: number }

/** Keeps what can be kept; says what could not. */
async function keep(parts: Parts, text: string, caller: string, precision: Precision): Promise<Dropped | undefined> {
  const { ingest, registry, now } = parts
  const read = readLines(text, fieldsMax)
  if (read === 'too many') throw problem('BODY_TOO_LARGE', {})
  if (read.lines === 0) return { message: 'there are no lines in the body' }
  const { readings, faults } = lineReadings(read.points, {
    name: caller.replace(/^token /, ''),
    precision,
    receivedAt: now(),
    knowsSensor: (id) => registry.sensor(id) !== undefined,
    knowsAsset: (id) => registry.asset(id) !== undefined,
  })
  const { refused } =
    readings.length === 0
      ? { refused: [] }
      : await ingest.submit(readings, { device: caller, topic: 'HTTP line protocol' })
  const unkept = refused.map(({ index, detail, suggestion }): LineFault => {
    const meant = suggestion === undefined ? '' : `; did you mean ${suggestion}?`
    return { line: readings[index]?.line ?? 0, column: 1, detail: `${detail}${meant}` }
  })
  return toldOf([...read.faults, ...faults, ...unkept], read.lines, refused.length < readings.length)
}

function toldOf(faults: readonly LineFault[], lines: number, someKept: boolean): Dropped | undefined {
  if (faults.length === 0) return undefined
  const sorted = faults.toSorted((a, b) => a.line - b.line)
  const dropped = new Set(sorted.map(({ line }) => line)).size
  const told = sorted.slice(0, toldMax).map(({ line, column, detail }) => `line ${line}, column ${column}: ${detail}`)
  if (sorted.length > toldMax) told.push(`and ${sorted.length - toldMax} more`)
  const summary = someKept
    ? `partial write: ${dropped} of ${lines} lines dropped or kept in part, the others are kept`
    : `nothing was written: ${dropped} of ${lines} lines dropped`
  return { message: [summary, ...told].join('; '), line: sorted[0]?.line ?? 0 }
}

function pingRoute(room: HttpServer, { version }: Parts): void {
  room.route({
    method: 'GET',
    url: '/ping',
    config: { access: 'public' },
    schema: {
      summary: 'Is it there? (InfluxDB)',
      description: 'What agents of InfluxDB ask before they write.',
      tags: ['operation'],
      security: [],
      response: { 204: z.undefined().describe('It is there') },
    },
    handler: async (_, reply) => reply.code(204).header('x-influxdb-version', `lengthsman-${version}`).send(),
  })
}

/** InfluxDB's own words for these. */
const codes: Readonly<Record<number, string>> = {
  400: 'invalid',
  401: 'unauthorized',
  403: 'forbidden',
  413: 'request too large',
  429: 'too many requests',
  503: 'unavailable',
}

function answerAsInflux(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { problem: known, retryAfterSeconds } = recognise(error, request)
  if (known.status >= 500) request.log.error({ err: error, url: request.routeOptions.url }, 'request failed')
  if (retryAfterSeconds !== undefined) reply.header('retry-after', String(retryAfterSeconds))
  return answer(request, reply, known.status, codes[known.status] ?? 'internal error', {
    message: known.detail ?? known.title,
  })
}

/** A string, so that no response schema touches it. Version 1 has a form of its own. */
function answer(
  request: FastifyRequest,
  reply: FastifyReply,
  status: number,
  code: string,
  dropped: Dropped,
): FastifyReply {
  const body = request.routeOptions.url === '/write' ? { error: dropped.message } : { code, ...dropped }
  return reply
    .code(status)
    .header('cache-control', 'no-store')
    .header('x-influxdb-error', dropped.message.replace(/[^\x20-\x7e]/g, '?').slice(0, 500))
    .type('application/json; charset=utf-8')
    .send(JSON.stringify(body))
}
