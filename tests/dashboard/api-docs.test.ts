import { beforeAll, describe, expect, test } from '@jest/globals'
import { named } from '../../dashboard/api/examples.ts'
import { tags } from '../../dashboard/api/openapi.ts'
import { problemCatalogue } from '../../dashboard/index.ts'
import { startedDashboard } from '../support/started-dashboard.ts'

type Operation = {
  readonly summary?: string
  readonly tags?: readonly string[]
  readonly responses: Readonly<Record<string, { readonly content?: object; readonly description: string }>>
}

let operations: { readonly name: string; readonly operation: Operation }[]
let text: string
beforeAll(async () => {
  const town = await startedDashboard()
  const answer = await town.anonymous.get('/api/docs/json')
  text = answer.text
  operations = Object.entries<Record<string, Operation>>(answer.body.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ name: `${method} ${path}`, operation })),
  )
})

describe('the API description', () => {
  test('has every route with a summary, a known tag and what it answers', () => {
    expect(operations.length).toBeGreaterThan(40)
    for (const { name, operation } of operations) {
      expect([name, operation.summary]).toEqual([name, expect.stringMatching(/^[A-Z].{5,}/)])
      expect(operation.tags).toHaveLength(1)
      expect(Object.keys(tags)).toContain(operation.tags?.[0])
      const [status, success] = Object.entries(operation.responses).find(([code]) => code.startsWith('2')) ?? []
      expect([name, status === '204' || success?.content !== undefined]).toEqual([name, true])
    }
  })

  test('says for every route of the API what can go wrong, by codes of the catalogue', () => {
    for (const { name, operation } of operations) {
      if (!name.includes('/api/v1')) continue
      const problems = Object.entries(operation.responses).filter(([status]) => status >= '400')
      expect([name, problems.length > 0]).toEqual([name, true])
      for (const [status, { description }] of problems)
        for (const code of description.split(', '))
          expect([name, problemCatalogue[code as keyof typeof problemCatalogue]?.status]).toEqual([
            name,
            Number(status),
          ])
    }
  })

  test('refers to nothing that is not there', () => {
    const { schemas } = JSON.parse(text).components
    for (const [, schema = ''] of text.matchAll(/#\/components\/schemas\/([^"]+)/g))
      expect(schemas).toHaveProperty(schema)
  })
})

test.each(Object.entries(named).filter(([, { example }]) => example !== undefined))(
  'the example of %s fits its schema',
  (_, { schema, example }) => {
    expect(schema.safeParse(example).error).toBeUndefined()
  },
)
