import cookie from '@fastify/cookie'
import helmet from '@fastify/helmet'
import fastify, { type FastifyBaseLogger, LogController } from 'fastify'
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod'
import type { Logger } from 'pino'
import { admit, type Doorkeeper } from '../access/caller.ts'
import { answerError } from './errors.ts'
import { contentSecurityPolicy } from './security-headers.ts'

/** Bigger bodies only where a route says so (readings). */
const bodyBytesMax = 256 * 1_024
/** A slow or stuck sender may not hold a connection: headers, then the whole request, must come within these. */
const headersTimeoutMs = 15_000
const requestTimeoutMs = 30_000
/** Longer than usual proxies keep theirs (60 s), so that they, not we, close first. */
const keepAliveTimeoutMs = 65_000
/** A socket on which nothing at all moves; the live stream writes a comment every 15 s. */
const connectionTimeoutMs = 120_000
/** 10,000 devices over WebSocket, and pages. */
const connectionsMax = 12_000
/** Addresses carry a device, sensor or alarm id; two names of 64 with some room. */
const parameterLengthMax = 200

export type ServerOptions = { readonly door: Doorkeeper; readonly secureCookies: boolean; readonly log: Logger }

/** The bare server: limits, headers, who may enter, how errors are answered. Routes come from api/routes. */
export async function createHttpServer(options: ServerOptions) {
  const loggerInstance: FastifyBaseLogger = options.log
  const server = fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }),
    // Behind a proxy its address is what we know; a forged X-Forwarded-For must not reset the login limit.
    trustProxy: false,
    bodyLimit: bodyBytesMax,
    requestTimeout: requestTimeoutMs,
    keepAliveTimeout: keepAliveTimeoutMs,
    connectionTimeout: connectionTimeoutMs,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: parameterLengthMax },
    http: { headersTimeout: headersTimeoutMs },
  }).withTypeProvider<ZodTypeProvider>()
  server.server.maxConnections = connectionsMax
  server.setValidatorCompiler(validatorCompiler)
  server.setSerializerCompiler(serializerCompiler)
  // A form of another site can send text/plain without asking first; nothing here reads it.
  server.removeContentTypeParser('text/plain')
  server.setErrorHandler(answerError)
  await server.register(cookie)
  await server.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: contentSecurityPolicy },
    strictTransportSecurity: options.secureCookies ? { maxAge: 31_536_000, includeSubDomains: false } : false,
    referrerPolicy: { policy: 'same-origin' },
    xFrameOptions: { action: 'deny' },
  })
  server.decorateRequest('caller', undefined)
  server.addHook('onRoute', (route) => {
    if (route.url.startsWith('/api/v1') && route.config?.access === undefined)
      throw new Error(`${String(route.method)} ${route.url} does not say who may call it`)
  })
  server.addHook('onRequest', (request, reply) => admit(request, reply, options.door))
  return server
}

export type HttpServer = Awaited<ReturnType<typeof createHttpServer>>
