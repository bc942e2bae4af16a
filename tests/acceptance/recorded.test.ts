import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { ApiClient, eventually } from '../support/api-client.ts'
import { temporaryFolder } from '../support/files.ts'
import { root, runLengthsman, startedProgram } from '../support/running-program.ts'

/** Recorded data with a documented failure, through broker, ingest, rules and tickets, as a person would replay it. */

const data = resolve(root, '../shared/data')
const recorded = join(root, 'tests/acceptance/recorded')

type Evidence = {
  from: string
  to: string
  ruleText: string
  hash: string
  series: { sensor: string; at: number[]; max: number[] }[]
}
type Ticket = {
  number: number
  asset: string
  failureMode: string
  state: string
  startedAt: string
  crew: string | null
  cause: { rule: string; level: string; reason: string } | null
  priority: { score: number; factors: { points: number }[] }
  evidence: Evidence | null
}

async function replayed(options: { file: string; time: string; map: string; asset: string }) {
  const folder = temporaryFolder()
  const environment = { LENGTHSMAN_DATA: join(folder, 'data'), LENGTHSMAN_RULES: join(recorded, 'rules') }
  expect(await runLengthsman(['import', join(recorded, 'city.yaml')], environment)).toMatchObject({ code: 0 })
  const added = await runLengthsman(['device', 'add', 'recorder', '--asset', options.asset], environment)
  const secret = /\n {4}(\S+)\n/.exec(added.output)?.[1] ?? ''
  const program = await startedProgram(environment)
  const words = ['replay', options.file, '--time', options.time, '--map', options.map, '--speed', 'max']
  const ran = await runLengthsman(
    [...words, '--device', 'recorder', '--secret', secret, '--port', String(program.mqttPort)],
    environment,
  )
  expect(ran).toEqual({ code: 0, output: expect.stringContaining(' rows from ') })
  const api = await ApiClient.login(program.url, 'admin', program.adminPassword)
  type TicketList = { items: { number: number }[] }
  const { items } = await eventually(
    () => api.get<TicketList>(`/api/v1/tickets?asset=${options.asset}`),
    (answer) => answer.items.length > 0,
  )
  const ticket = await eventually(
    () => api.get<Ticket>(`/api/v1/tickets/${items[0]?.number}`),
    ({ evidence }) => evidence !== null,
  )
  return { ran, tickets: items.length, ticket }
}

const replay = existsSync(data) || process.env['CI'] !== undefined ? test : test.skip
if (!existsSync(data)) process.stderr.write(`skipped: the recorded series are not at ${data}\n`)

describe('a recorded series with a documented failure becomes a ticket with its evidence', () => {
  replay(
    'office temperature before a system failure (NAB, real)',
    async () => {
      const { ran, tickets, ticket } = await replayed({
        file: join(data, 'nab-a/data/realKnownCause/ambient_temperature_system_failure.csv'),
        time: 'timestamp',
        map: 'value=office-1/temperature',
        asset: 'office-1',
      })
      expect(ran.output).toContain('7267 rows')
      expect(tickets).toBe(1)
      expect(ticket).toMatchObject({
        failureMode: 'cooling-failure',
        state: 'open',
        crew: 'houses',
        cause: { rule: 'office-too-warm' },
      })
      // The first labelled window of the corpus is 2013-12-15 07:00 to 2013-12-30 09:00.
      expect(Date.parse(ticket.startedAt)).toBeGreaterThan(Date.parse('2013-12-15T07:00:00Z'))
      expect(Date.parse(ticket.startedAt)).toBeLessThan(Date.parse('2013-12-30T09:00:00Z'))
      expect(ticket.evidence?.ruleText).toContain('office-too-warm')
      expect(ticket.evidence?.hash).toMatch(/^[0-9a-f]{64}$/)
      expect(Math.max(...(ticket.evidence?.series[0]?.max ?? []))).toBeGreaterThan(80)
      expect(ticket.priority.factors.reduce((sum, { points }) => sum + points, 0)).toBe(ticket.priority.score)
    },
    120_000,
  )

  replay(
    'a tank overfilled while its level was tampered with (BATADAL, third attack)',
    async () => {
      const { tickets, ticket } = await replayed({
        file: join(data, 'batadal-train/series/ctown__L_T1.csv'),
        time: 'epoch_s',
        map: 'value=tank-1/level',
        asset: 'tank-1',
      })
      expect(tickets).toBe(1)
      expect(ticket).toMatchObject({
        failureMode: 'level-control',
        cause: { rule: 'tank-level-high', level: 'action' },
      })
      expect(Date.parse(ticket.startedAt) / 1_000).toBeGreaterThanOrEqual(1_476_003_600)
      expect(Date.parse(ticket.startedAt) / 1_000).toBeLessThanOrEqual(1_476_216_000)
    },
    120_000,
  )
})
