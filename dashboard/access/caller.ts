import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Instant } from '../../city/index.ts'
import { problem } from '../api/problems.ts'
import type { Principal } from '../api/schema.ts'
import { givenToken } from './given-token.ts'
import { mayDo, type Permission } from './permissions.ts'
import { csrfTokenFits, type Sessions } from './sessions.ts'
import type { ApiTokens } from './tokens.ts'
import type { User } from './users.ts'

type Anyone = {
  /** What the history of a ticket shows. */
  readonly name: string
  readonly role: Principal
  /** Whose live streams end when the credential does. */
  readonly owner: string
}
/** Who is asking. */
export type Caller =
  | (Anyone & { readonly kind: 'user'; readonly user: User; readonly session: string })
  | (Anyone & { readonly kind: 'token' })

export const userOwner = (name: string) => `user ${name}`
export const tokenOwner = (id: number) => `token ${id}`

/** What a route asks of its caller: nothing, to be somebody, or a permission. */
export type Access = 'public' | 'any caller' | Permission

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access
  }
  interface FastifyRequest {
    caller: Caller | undefined
  }
}

export type Doorkeeper = {
  readonly sessions: Sessions
  readonly tokens: ApiTokens
  readonly cookieName: string
  readonly now: () => Instant
}

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Lets a request through to its route, or throws the problem to answer with. A cookie is sent by the browser whoever
 * made the request, so with a cookie alone nothing may change: the page proves itself by the CSRF token and its origin.
 */
export async function admit(request: FastifyRequest, reply: FastifyReply, door: Doorkeeper): Promise<void> {
  const { access } = request.routeOptions.config
  // What one person may see must not wait in a cache for the next; a route that knows better says so.
  if (access !== undefined) reply.header('cache-control', 'no-store')
  if (!safeMethods.has(request.method)) refuseForeignOrigin(request)
  if (access === undefined || access === 'public') return
  const caller = await identify(request, door)
  if (caller === undefined) throw problem('NOT_LOGGED_IN', {})
  if (caller.kind === 'user' && !safeMethods.has(request.method)) {
    const given = request.headers['x-csrf-token']
    if (typeof given !== 'string' || !csrfTokenFits(caller.session, given)) throw problem('CSRF_REFUSED', {})
  }
  if (access !== 'any caller' && !mayDo(caller.role, access))
    throw problem('FORBIDDEN', { role: caller.role, permission: access })
  request.caller = caller
}

async function identify(request: FastifyRequest, door: Doorkeeper): Promise<Caller | undefined> {
  const given = givenToken(request)
  if (given !== undefined) {
    const token = await door.tokens.check(given, door.now())
    return token && { kind: 'token', name: `token ${token.title}`, role: token.role, owner: tokenOwner(token.id) }
  }
  const session = request.cookies[door.cookieName]
  if (session === undefined) return undefined
  const user = await door.sessions.check(session, door.now())
  return user && { kind: 'user', name: user.name, role: user.role, owner: userOwner(user.name), user, session }
}

/** Browsers send Origin with every request that can change something; programs send none and have no cookie to abuse. */
function refuseForeignOrigin(request: FastifyRequest): void {
  const { origin, host } = request.headers
  if (origin === undefined) return
  if (URL.canParse(origin) && new URL(origin).host === host) return
  throw problem('ORIGIN_REFUSED', { origin: origin.slice(0, 200) })
}

/** The caller of a route that is not public. */
export function callerOf(request: FastifyRequest): Caller {
  if (request.caller === undefined) throw new Error(`${request.routeOptions.url ?? ''} has no caller: it is public`)
  return request.caller
}
