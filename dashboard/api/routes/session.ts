import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { callerOf } from '../../access/caller.ts'
import { csrfTokenOf } from '../../access/sessions.ts'
import type { User } from '../../access/users.ts'
import type { HttpServer } from '../../server/http-server.ts'
import { problems } from '../openapi.ts'
import type { Parts } from '../parts.ts'
import { problem } from '../problems.ts'
import { credentials, type Session, session } from '../schema.ts'

/** A check takes 32 MB and a core for a moment: more at once would starve the readings. */
const passwordChecksMax = 4
const busyRetrySeconds = 2

export function sessionRoutes(server: HttpServer, parts: Parts): void {
  const { sessions, users, loginLimit, registry, demo, now, cookieName } = parts
  let checking = 0

  const viewOf = (user: User, token: string): Session => ({
    user: user.name,
    name: user.fullName,
    role: user.role,
    crew: user.crew ?? null,
    csrfToken: csrfTokenOf(token),
    city: { name: registry.name, timeZone: registry.timeZone },
    demo,
  })

  const checkPassword = async (name: string, password: string): Promise<User | undefined> => {
    if (checking >= passwordChecksMax)
      throw problem('LOGIN_BUSY', { seconds: String(busyRetrySeconds) }, { retryAfterSeconds: busyRetrySeconds })
    checking++
    try {
      return await users.check(name, password)
    } finally {
      checking--
    }
  }

  const cookieOptions = { path: '/', httpOnly: true, sameSite: 'lax', secure: parts.secureCookies } as const

  server.route({
    method: 'POST',
    url: '/api/v1/login',
    config: { access: 'public' },
    schema: {
      summary: 'Log in',
      description:
        'Sets the session cookie. Send `csrfToken` back as `X-CSRF-Token` with everything that changes something.',
      tags: ['session'],
      security: [],
      body: credentials,
      response: { 200: session, ...problems('LOGIN_REFUSED', 'LOGIN_SLOWED', 'LOGIN_BUSY', 'ORIGIN_REFUSED') },
    },
    handler: async (request, reply) => {
      const { user: name, password } = request.body
      const { waitMs } = loginLimit.attempt(name, request.ip, now())
      if (waitMs > 0) {
        const seconds = Math.ceil(waitMs / 1_000)
        request.log.warn({ user: name, address: request.ip, seconds }, 'login slowed')
        throw problem('LOGIN_SLOWED', { seconds: String(seconds) }, { retryAfterSeconds: seconds })
      }
      const user = await checkPassword(name, password)
      if (user === undefined) {
        request.log.warn({ user: name, address: request.ip }, 'login refused')
        throw problem('LOGIN_REFUSED', {})
      }
      loginLimit.succeeded(name, request.ip)
      // Whatever cookie the browser came with, a login gets a new one: nobody can plant a session.
      const planted = request.cookies[cookieName]
      if (planted !== undefined) await sessions.end(planted)
      const { token, endsAt } = await sessions.start(user, now())
      reply.setCookie(cookieName, token, { ...cookieOptions, expires: new Date(endsAt) })
      return viewOf(user, token)
    },
  })

  server.route({
    method: 'GET',
    url: '/api/v1/session',
    config: { access: 'any caller' },
    schema: {
      summary: 'Who is logged in',
      tags: ['session'],
      response: { 200: session, ...problems() },
    },
    handler: async (request) => {
      const caller = callerOf(request)
      if (caller.kind === 'user') return viewOf(caller.user, caller.session)
      throw problem('NOT_LOGGED_IN', {})
    },
  })

  const logOut = async (request: FastifyRequest, reply: FastifyReply) => {
    const caller = callerOf(request)
    if (caller.kind === 'user') {
      await sessions.end(caller.session)
      parts.feed.stream.endStreamsOf(caller.owner)
    }
    reply.clearCookie(cookieName, cookieOptions)
    return reply.code(204).send()
  }
  const logOutSchema = (summary: string) => ({
    summary,
    tags: ['session'],
    response: { 204: z.undefined().describe('Logged out'), ...problems('CSRF_REFUSED') },
  })

  server.route({
    method: 'POST',
    url: '/api/v1/logout',
    config: { access: 'any caller' },
    schema: logOutSchema('Log out'),
    handler: logOut,
  })

  server.route({
    method: 'DELETE',
    url: '/api/v1/session',
    config: { access: 'any caller' },
    schema: logOutSchema('Log out (the same, as a resource)'),
    handler: logOut,
  })
}
