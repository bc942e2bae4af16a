import { z } from 'zod'
import { callerOf, tokenOwner } from '../../access/caller.ts'
import type { ApiToken } from '../../access/tokens.ts'
import type { HttpServer } from '../../server/http-server.ts'
import { listOf } from '../list.ts'
import { problems } from '../openapi.ts'
import type { Parts } from '../parts.ts'
import { problem } from '../problems.ts'
import { type TokenView, tokenCreated, tokenDraft, tokenView } from '../schema.ts'
import { isoOf, isoOrNull } from '../views/iso.ts'

export function tokenRoutes(server: HttpServer, { tokens, feed, now }: Parts): void {
  server.route({
    method: 'GET',
    url: '/api/v1/tokens',
    config: { access: 'users:edit' },
    schema: {
      summary: 'List API tokens',
      tags: ['admin'],
      response: { 200: listOf(tokenView), ...problems() },
    },
    handler: async () => ({ items: (await tokens.list()).map(viewOf), next: null }),
  })

  server.route({
    method: 'POST',
    url: '/api/v1/tokens',
    config: { access: 'users:edit' },
    schema: {
      summary: 'Make an API token',
      description:
        'For programs: `Authorization: Bearer <token>`. It is in this answer and nowhere else: only its hash is kept. ' +
        'The role `reporter` can send readings and nothing more.',
      tags: ['admin'],
      body: tokenDraft,
      response: { 201: tokenCreated, ...problems('CSRF_REFUSED') },
    },
    handler: async (request, reply) => {
      const { title, role } = request.body
      const { token, secret } = await tokens.add(title, role, callerOf(request).name, now())
      return reply.code(201).send({ ...viewOf(token), token: secret })
    },
  })

  server.route({
    method: 'DELETE',
    url: '/api/v1/tokens/:id',
    config: { access: 'users:edit' },
    schema: {
      summary: 'Revoke an API token',
      tags: ['admin'],
      params: z.object({ id: z.coerce.number().int().min(1) }),
      response: { 204: z.undefined().describe('Revoked'), ...problems('TOKEN_UNKNOWN', 'CSRF_REFUSED') },
    },
    handler: async (request, reply) => {
      const { id } = request.params
      if (!(await tokens.remove(id))) throw problem('TOKEN_UNKNOWN', { id: String(id) })
      feed.stream.endStreamsOf(tokenOwner(id))
      return reply.code(204).send()
    },
  })
}

function viewOf({ id, title, role, createdBy, createdAt, usedAt }: ApiToken): TokenView {
  return { id, title, role, createdBy, createdAt: isoOf(createdAt), usedAt: isoOrNull(usedAt) }
}
