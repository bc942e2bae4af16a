import type { FastifyReply, FastifyRequest } from 'fastify'
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'
import { Refusal } from '../../city/index.ts'
import { StoreUnavailable } from '../../ingest/index.ts'
import { ProblemError, problem } from '../api/problems.ts'

/** What other parts refuse with a code of their own; the API answers with the same code. */
const refusals = [
  'ASSET_INVALID',
  'ASSET_REFERRED_TO',
  'DEVICE_INVALID',
  'SOURCE_INVALID',
  'BUDGET_INVALID',
  'RULE_UNCHANGED',
  'TICKETS_CURSOR_INVALID',
  'WINDOW_INVALID',
  'USER_INVALID',
  'USER_EXISTS',
] as const

/** How long to wait when the store is away: about one retry of its own connection. */
const storeRetrySeconds = 5

/** Answers with problem+json whatever was thrown. What is not in the catalogue is logged and answered as INTERNAL. */
export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const known = recognise(error, request)
  if (known.problem.status >= 500) request.log.error({ err: error, url: request.url }, 'request failed')
  if (known.retryAfterSeconds !== undefined) reply.header('retry-after', String(known.retryAfterSeconds))
  if (known.problem.status === 401) reply.header('www-authenticate', 'Bearer')
  return sendProblem(reply, known)
}

/** A string, so that no response schema of the route touches it. */
export function sendProblem(reply: FastifyReply, error: ProblemError): FastifyReply {
  return reply
    .code(error.problem.status)
    .header('cache-control', 'no-store')
    .type('application/problem+json')
    .send(JSON.stringify(error.problem))
}

export function answerUnknownRoute(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const path = request.url.split('?')[0]?.slice(0, 200) ?? ''
  return sendProblem(reply, problem('ROUTE_UNKNOWN', { method: request.method, path }))
}

/** The problem that whatever was thrown is answered with. */
export function recognise(error: unknown, request: FastifyRequest): ProblemError {
  if (error instanceof ProblemError) return error
  if (error instanceof StoreUnavailable)
    return problem('STORE_UNAVAILABLE', {}, { retryAfterSeconds: storeRetrySeconds, cause: error })
  if (hasZodFastifySchemaValidationErrors(error)) {
    const faults = error.validation.map(({ instancePath, message }) => ({
      path: `${error.validationContext ?? 'body'}${instancePath === '/' ? '' : instancePath}`,
      message: message ?? 'not as expected',
    }))
    const [first] = faults
    return problem('REQUEST_INVALID', { what: `${first?.path ?? ''}: ${first?.message ?? ''}` }, { faults })
  }
  if (error instanceof Refusal) {
    const code = refusals.find((each) => each === error.code)
    const faults = error.message.split('\n').map((message) => ({ path: 'body', message }))
    if (code !== undefined) return problem(code, { what: error.message }, { faults })
  }
  const { code, statusCode, message } = error as { code?: unknown; statusCode?: unknown; message?: unknown }
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return problem('BODY_TOO_LARGE', {})
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return problem('MEDIA_TYPE_UNSUPPORTED', {})
  if (code === 'INGEST_OVERLOADED')
    return problem('READINGS_BACKLOG', {}, { retryAfterSeconds: storeRetrySeconds, cause: error })
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500)
    return problem('REQUEST_INVALID', { what: String(message) })
  return problem('INTERNAL', { id: request.id }, { cause: error })
}
