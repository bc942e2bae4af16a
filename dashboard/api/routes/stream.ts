import type { ServerResponse } from 'node:http'
import { z } from 'zod'
import type { SensorId } from '../../../city/index.ts'
import { callerOf } from '../../access/caller.ts'
import type { HttpServer } from '../../server/http-server.ts'
import { problems } from '../openapi.ts'
import type { Parts } from '../parts.ts'
import { problem } from '../problems.ts'

/** One page shows one asset, or a handful side by side. */
const assetsMax = 50
const retrySeconds = 30

const about = `Named events, as JSON: \`alarm\` (Alarm), \`ticket\` (TicketSummary), \`asset\` (id, state, openTickets),
\`rates\` (Rates) once a second, \`readings\` at most four times a second with the newest value of each sensor of the
assets asked for: \`{"at": …, "values": [[sensor, observedAt ms, value, quality], …]}\`.

The first three carry an id: reconnect with \`Last-Event-ID\` and what was missed comes first, or \`reset\` when it is no
longer held: then fetch anew. Open the stream before fetching, so that nothing falls between. The server ends a stream
after 15 minutes; browsers reconnect by themselves.`

export function streamRoutes(server: HttpServer, parts: Parts): void {
  const { registry, store, feed } = parts

  server.route({
    method: 'GET',
    url: '/api/v1/stream',
    config: { access: 'city:read' },
    schema: {
      summary: 'Follow the town live',
      description: about,
      tags: ['live'],
      querystring: z.object({
        assets: z
          .string()
          .max(assetsMax * 65)
          .transform((text) => text.split(',').filter((part) => part !== ''))
          .pipe(z.array(z.string()).max(assetsMax))
          .optional()
          .describe(`Whose readings to send: asset ids, comma separated, at most ${assetsMax}; none when absent`),
      }),
      headers: z.object({ 'last-event-id': z.string().max(20).optional() }),
      response: {
        200: { description: 'Events', content: { 'text/event-stream': { schema: z.string() } } },
        ...problems('ASSET_UNKNOWN', 'STREAM_FULL'),
      },
    },
    handler: async (request, reply) => {
      const sensors = (request.query.assets ?? []).flatMap((asset) => {
        if (registry.asset(asset) === undefined) throw problem('ASSET_UNKNOWN', { asset })
        return registry.sensorsOf(asset).map((sensor) => sensor.id)
      })
      const newest = await newestOf(sensors, parts)
      const { raw } = reply
      const subscription = feed.stream.subscribe({
        sink: sinkOf(raw, () => reply.getHeaders()),
        owner: callerOf(request).owner,
        sensors,
        lastEventId: lastEventIdOf(request.headers['last-event-id']),
        newest,
      })
      if (subscription === undefined)
        throw problem('STREAM_FULL', { places: String(feed.stream.places) }, { retryAfterSeconds: retrySeconds })
      reply.hijack()
      raw.on('drain', () => subscription.drained())
      raw.on('close', () => subscription.closed())
    },
  })

  /** Without the store the page still gets what comes from now on. */
  async function newestOf(sensors: readonly SensorId[], { log }: Parts) {
    if (sensors.length === 0) return []
    try {
      return [...(await store.latest(sensors)).values()]
    } catch (error) {
      log.warn({ err: error }, 'the newest readings of a live page could not be fetched')
      return []
    }
  }
}

/** An id of ours is a whole number; anything else is as good as one that was never given. */
function lastEventIdOf(header: string | undefined): number | undefined {
  if (header === undefined || header === '') return undefined
  const id = Number(header)
  return Number.isSafeInteger(id) && id >= 0 ? id : 0
}

/** The head is written with the first text, so that a stream that was refused can still be answered with a problem. */
function sinkOf(raw: ServerResponse, headers: () => NodeJS.Dict<number | string | string[]>) {
  return {
    write(text: string): boolean {
      if (!raw.headersSent)
        raw.writeHead(200, {
          ...headers(),
          'content-type': 'text/event-stream; charset=utf-8',
          'cache-control': 'no-store',
          'x-accel-buffering': 'no',
          // The connection ends with the stream, so that nothing of it holds up a stop.
          connection: 'close',
        })
      return raw.write(text)
    },
    close(): void {
      // A far end that reads gets the end of the stream; one that does not would keep the socket open for ever.
      if (raw.writableNeedDrain) raw.destroy()
      else raw.end()
    },
  }
}
