import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from '@jest/globals'

const root = resolve(import.meta.dirname, '../../..')

/** How many statements each section of the standard has (appendix B). */
const statements: Readonly<Record<string, number>> = {
  '1.5.3': 3,
  '2.2.2': 2,
  '2.3.1': 7,
  '3.1.0': 2,
  '3.1.2': 24,
  '3.1.3': 11,
  '3.1.4': 5,
  '3.2.0': 1,
  '3.2.2': 6,
  '3.3.1': 12,
  '3.3.2': 3,
  '3.3.4': 1,
  '3.3.5': 2,
  '3.6.1': 1,
  '3.8.1': 1,
  '3.8.3': 4,
  '3.8.4': 6,
  '3.9.3': 2,
  '3.10.1': 1,
  '3.10.3': 2,
  '3.10.4': 6,
  '3.12.4': 1,
  '3.14.1': 1,
  '3.14.4': 3,
  '4.1.0': 2,
  '4.3.1': 1,
  '4.3.2': 2,
  '4.3.3': 2,
  '4.4.0': 1,
  '4.5.0': 2,
  '4.6.0': 6,
  '4.7.1': 3,
  '4.7.2': 1,
  '4.7.3': 4,
  '4.8.0': 2,
  '6.0.0': 4,
  '7.0.0': 2,
  '7.1.1': 1,
  '7.1.2': 1,
}
const wanted = Object.entries(statements).flatMap(([section, count]) =>
  Array.from({ length: count }, (_, index) => `MQTT-${section}-${index + 1}`),
)

/** What only clients do; what they must not send is refused all the same. */
const forClients = new Set(
  '2.3.1-2 2.3.1-3 3.1.2-23 3.1.3-7 3.14.4-1 3.14.4-2 4.5.0-2 4.6.0-2 4.6.0-3 4.6.0-4 7.1.2-1'
    .split(' ')
    .map((number) => `MQTT-${number}`),
)

type Row = { readonly clause: string; readonly held: string }

const rows: Row[] = readFileSync(join(root, 'docs/mqtt-3.1.1.md'), 'utf8')
  .split('\n')
  .flatMap((line) => {
    const [, clause, held] = /^\| (MQTT-\S+) \| (.+) \|$/.exec(line) ?? []
    return clause === undefined || held === undefined ? [] : [{ clause, held }]
  })

describe('docs/mqtt-3.1.1.md', () => {
  test('lists every statement of the standard once, in its order', () => {
    expect(rows.map(({ clause }) => clause)).toEqual(wanted)
  })

  test('says "for clients" of those that bind clients alone', () => {
    const said = rows.filter(({ held }) => held === 'for clients').map(({ clause }) => clause)
    expect(said).toEqual(wanted.filter((clause) => forClients.has(clause)))
  })

  const held = rows.filter(({ held }) => held !== 'for clients' && !held.startsWith('does not apply: '))
  test.each(held.map(({ clause, held }) => [clause, held]))('%s: the test that holds it exists', (_clause, held) => {
    const [, file = '', name = ''] = /^`([^`]+)`: (.+)$/.exec(held) ?? []
    expect(existsSync(join(root, file))).toBe(true)
    expect(readFileSync(join(root, file), 'utf8')).toContain(name)
    expect(name.length).toBeGreaterThan(5)
  })
})
