import { z } from 'zod'
import { userOwner } from '../../access/caller.ts'
import type { User } from '../../access/users.ts'
import type { HttpServer } from '../../server/http-server.ts'
import { listOf } from '../list.ts'
import { problems } from '../openapi.ts'
import type { Parts } from '../parts.ts'
import { problem } from '../problems.ts'
import { passwordDraft, type UserView, userDraft, userView } from '../schema.ts'
import { isoOf } from '../views/iso.ts'

const userPath = z.object({ user: z.string().max(64).describe('User name') })

export function userRoutes(server: HttpServer, { users, registry, feed }: Parts): void {
  server.route({
    method: 'GET',
    url: '/api/v1/users',
    config: { access: 'users:edit' },
    schema: {
      summary: 'List users',
      tags: ['admin'],
      response: { 200: listOf(userView), ...problems() },
    },
    handler: async () => ({ items: (await users.list()).map(viewOf), next: null }),
  })

  server.route({
    method: 'POST',
    url: '/api/v1/users',
    config: { access: 'users:edit' },
    schema: {
      summary: 'Add a user',
      tags: ['admin'],
      body: userDraft,
      response: { 201: userView, ...problems('USER_EXISTS', 'USER_INVALID', 'CREW_UNKNOWN', 'CSRF_REFUSED') },
    },
    handler: async (request, reply) => {
      const { user, name, role, crew, password } = request.body
      if (crew !== null && registry.crew(crew) === undefined) throw problem('CREW_UNKNOWN', { crew })
      const added = await users.add({ name: user, role, password, crew: crew ?? undefined, fullName: name })
      return reply.code(201).send(viewOf(added))
    },
  })

  server.route({
    method: 'POST',
    url: '/api/v1/users/:user/password',
    config: { access: 'users:edit' },
    schema: {
      summary: 'Set a new password',
      description: 'Ends all sessions of the user.',
      tags: ['admin'],
      params: userPath,
      body: passwordDraft,
      response: { 204: z.undefined().describe('Set'), ...problems('USER_UNKNOWN', 'CSRF_REFUSED') },
    },
    handler: async (request, reply) => {
      const { user } = request.params
      if ((await users.find(user)) === undefined) throw problem('USER_UNKNOWN', { user })
      await users.setPassword(user, request.body.password)
      feed.stream.endStreamsOf(userOwner(user))
      return reply.code(204).send()
    },
  })

  server.route({
    method: 'DELETE',
    url: '/api/v1/users/:user',
    config: { access: 'users:edit' },
    schema: {
      summary: 'Remove a user',
      description: 'Ends all sessions of the user. What they did stays in the history of tickets.',
      tags: ['admin'],
      params: userPath,
      response: { 204: z.undefined().describe('Removed'), ...problems('USER_UNKNOWN', 'LAST_ADMIN', 'CSRF_REFUSED') },
    },
    handler: async (request, reply) => {
      const { user } = request.params
      const outcome = await users.remove(user)
      if (outcome === 'unknown') throw problem('USER_UNKNOWN', { user })
      if (outcome === 'last admin') throw problem('LAST_ADMIN', { user })
      feed.stream.endStreamsOf(userOwner(user))
      return reply.code(204).send()
    },
  })
}

function viewOf({ name, fullName, role, crew, createdAt }: User): UserView {
  return { user: name, name: fullName, role, crew: crew ?? null, createdAt: isoOf(createdAt) }
}
