import type { FastifyRequest } from 'fastify'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route is for InfluxDB's clients, which have ways of their own to send a token. */
    tokenAsInflux?: boolean
  }
}

/**
 * The API token that came with a request: `Authorization: Bearer …`. To routes that InfluxDB's clients call also
 * `Token …` (version 2), `Token user:…` and `Basic`, of which the password is the token (1.8), and `?p=…` (1.x).
 */
export function givenToken(request: FastifyRequest): string | undefined {
  const [, scheme = '', value = ''] = /^([A-Za-z]+) +(\S+)$/.exec(request.headers.authorization ?? '') ?? []
  if (scheme.toLowerCase() === 'bearer') return value
  if (request.routeOptions.config.tokenAsInflux !== true) return undefined
  switch (scheme.toLowerCase()) {
    case 'token':
      return behindColon(value)
    case 'basic':
      return behindColon(Buffer.from(value, 'base64').toString('utf8'))
    default: {
      const { p } = request.query as { readonly p?: unknown }
      return typeof p === 'string' ? p : undefined
    }
  }
}

/** Of `user:token` the token; ours hold no colon. */
function behindColon(text: string): string {
  return text.slice(text.lastIndexOf(':') + 1)
}
