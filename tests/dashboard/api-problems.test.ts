import { describe, expect, test } from '@jest/globals'
import { ProblemError, problem, problemCatalogue, typeOf } from '../../dashboard/api/problems.ts'
import { problem as problemSchema } from '../../dashboard/api/schema.ts'

describe('problems', () => {
  test('fill the holes of their detail', () => {
    const error = problem('TICKET_MOVE_REFUSED', { reason: 'it is closed' }, { allowed: ['reopen'] })
    expect(error).toBeInstanceOf(ProblemError)
    expect(error.problem).toEqual({
      type: 'urn:lengthsman:problem:ticket-move-refused',
      title: 'Not possible now',
      status: 409,
      code: 'TICKET_MOVE_REFUSED',
      detail: 'it is closed',
      allowed: ['reopen'],
    })
    expect(problemSchema.parse(error.problem)).toEqual(error.problem)
  })

  test('what was asked is quoted as it came, never read as a hole', () => {
    expect(problem('ASSET_UNKNOWN', { asset: '{asset}$1' }).problem.detail).toBe('no asset "{asset}$1"')
  })

  test('have a URN, an error status and a title without holes', () => {
    for (const [code, { status, title }] of Object.entries(problemCatalogue)) {
      expect(status).toBeGreaterThanOrEqual(400)
      expect(title).not.toMatch(/[{}]/)
      expect(typeOf(code as keyof typeof problemCatalogue)).toMatch(/^urn:lengthsman:problem:[a-z0-9-]+$/)
    }
  })
})
