import { sql } from 'kysely'
import { z } from 'zod'
import type { Database } from '../../../city/index.ts'
import type { HttpServer } from '../../server/http-server.ts'
import type { Parts } from '../parts.ts'
import { type Health, health } from '../schema.ts'
import { isoOf } from '../views/iso.ts'

/** Anybody may ask, so asking often must cost nothing. */
const keptMs = 1_000

type Part = Health['parts'][number]

export function healthRoutes(server: HttpServer, parts: Parts, database: Database): void {
  const { version, startedAt, now } = parts
  let last: { readonly at: number; readonly health: Promise<Health> } | undefined

  const look = async (): Promise<Health> => {
    const looked = await Promise.all([databasePart(database), storePart(parts), brokerPart(parts), rulesPart(parts)])
    const status = looked.every(({ ready }) => ready) ? 'ready' : 'degraded'
    return { status, version, startedAt: isoOf(startedAt), parts: looked }
  }

  server.route({
    method: 'GET',
    url: '/health',
    config: { access: 'public' },
    schema: {
      summary: 'Is it ready?',
      description: 'Each part and how it is. 200 when all are ready, else 503.',
      tags: ['operation'],
      security: [],
      response: { 200: health, 503: health },
    },
    handler: async (_, reply) => {
      const at = now()
      if (last === undefined || Math.abs(at - last.at) >= keptMs) last = { at, health: look() }
      const found = await last.health
      return reply.code(found.status === 'ready' ? 200 : 503).send(found)
    },
  })

  server.route({
    method: 'GET',
    url: '/health/live',
    config: { access: 'public' },
    schema: {
      summary: 'Is it alive?',
      description: 'Always 200 while the process answers; restart it when this does not.',
      tags: ['operation'],
      security: [],
      response: { 200: z.object({ status: z.literal('live') }) },
    },
    handler: async (_, reply) => reply.send({ status: 'live' as const }),
  })
}

async function databasePart(database: Database): Promise<Part> {
  try {
    await sql`select 1`.execute(database.kysely)
    return { name: 'database', ready: true, detail: 'answers' }
  } catch {
    return { name: 'database', ready: false, detail: 'does not answer; see the log' }
  }
}

async function storePart({ store }: Parts): Promise<Part> {
  try {
    return { name: `readings (${store.kind})`, ...(await store.health()) }
  } catch {
    return { name: `readings (${store.kind})`, ready: false, detail: 'does not answer; see the log' }
  }
}

async function brokerPart({ broker }: Parts): Promise<Part> {
  return { name: 'broker', ready: true, detail: `${broker.connectedCount()} devices connected` }
}

/** A rule that threw is out of action for its asset only; the town is still watched. */
async function rulesPart({ engine }: Parts): Promise<Part> {
  const broken = engine.alarms().filter((alarm) => alarm.error !== undefined).length
  const rules = `${engine.rules().length} rules`
  return { name: 'rules', ready: true, detail: broken === 0 ? rules : `${rules}; ${broken} could not be judged` }
}
