import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { z } from 'zod'
import type { Parts } from '../api/parts.ts'
import type { HttpServer } from './http-server.ts'

const prefix = 'lengthsman_'
const spoolGauges = ['readings', 'batches', 'bytes', 'bytesMax', 'oldestAgeSeconds']
/** From a memory look-up to a year of a sensor. */
const durationBuckets = [0.001, 0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 10]

/** `/metrics` for Prometheus: counts and times only, nothing that names a person, place or device. */
export function metricsRoute(server: HttpServer, parts: Parts): void {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry, prefix })
  measureRequests(server, registry)
  exposeGauges(registry, parts)

  server.route({
    method: 'GET',
    url: '/metrics',
    config: { access: 'public' },
    schema: {
      summary: 'Metrics for Prometheus',
      tags: ['operation'],
      security: [],
      response: { 200: { description: 'Metrics', content: { 'text/plain': { schema: z.string() } } } },
    },
    handler: async (_, reply) => {
      const text = await registry.metrics()
      const counters = [
        ...countersText('broker', parts.broker.stats(), ['connected']),
        ...countersText('ingest', parts.ingest.stats(), ['waiting']),
        ...countersText('spool', parts.store.waiting?.() ?? {}, spoolGauges),
      ]
      return reply.type('text/plain; version=0.0.4; charset=utf-8').send(`${text}${counters.join('')}`)
    },
  })
}

function measureRequests(server: HttpServer, registry: Registry): void {
  const duration = new Histogram({
    name: `${prefix}http_request_duration_seconds`,
    help: 'Time to answer, by route',
    labelNames: ['method', 'route', 'status'],
    buckets: durationBuckets,
    registers: [registry],
  })
  server.addHook('onResponse', async (request, reply) => {
    // The pattern, never the address itself: what a stranger types must not become a label.
    const route = request.routeOptions.url ?? 'unknown'
    duration.observe({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1_000)
  })
}

function exposeGauges(registry: Registry, parts: Parts): void {
  const gauges: readonly [name: string, help: string, value: () => number][] = [
    ['assets', 'Assets in the registry', () => parts.registry.assets().length],
    ['sensors', 'Sensors in the registry', () => parts.registry.sensors().length],
    ['alarms_firing', 'Alarms firing, hidden ones too', () => parts.rates().alarmsFiring],
    ['tickets_open', 'Tickets neither closed nor cancelled', () => parts.tickets.openCount()],
    ['readings_per_second', 'Readings kept, over the last seconds', () => parts.rates().readingsPerSecond],
    ['clocks_flagged', 'Devices whose clock is far off', () => parts.clocks?.flaggedCount() ?? 0],
    ['stream_clients', 'Live pages', () => parts.feed.stream.clientCount],
  ]
  for (const [name, help, value] of gauges)
    new Gauge({
      name: `${prefix}${name}`,
      help,
      registers: [registry],
      collect() {
        this.set(value())
      },
    })
  new Counter({
    name: `${prefix}stream_clients_dropped_total`,
    help: 'Live pages that did not read what they were sent',
    registers: [registry],
    collect() {
      this.reset()
      this.inc(parts.feed.stream.clientsDropped)
    },
  })
}

/** Other parts count for themselves; what they count is theirs to name. `messagesIn` of broker: `…_broker_messages_in_total`. */
function countersText(part: string, stats: Readonly<Record<string, unknown>>, gauges: readonly string[]): string[] {
  return Object.entries(stats).flatMap(([key, value]) => {
    if (typeof value !== 'number') return []
    const gauge = gauges.includes(key)
    const snake = key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
    const name = `${prefix}${part}_${snake}${gauge ? '' : '_total'}`
    return [`# TYPE ${name} ${gauge ? 'gauge' : 'counter'}\n${name} ${value}\n`]
  })
}
