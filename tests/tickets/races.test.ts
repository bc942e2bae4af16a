import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from '@jest/globals'
import { sql } from 'kysely'
import { isFinished, replayHistory } from '../../tickets/index.ts'
import { temporaryFolder } from '../support/files.ts'
import { fires, vibrationHigh } from './alarm-events.ts'
import { hour, noon, openTickets } from './small-town.ts'

const folder = temporaryFolder()
const run = promisify(execFile)

async function hammer(path: string, seed: number): Promise<number[]> {
  const script = join(import.meta.dirname, 'hammer.ts')
  const { stdout } = await run(process.execPath, ['--import', 'tsx', script, path, String(seed)])
  return JSON.parse(stdout)
}

test('several processes raising the same trouble at once keep one open ticket, and answer for each bout once', async () => {
  const path = join(folder, 'hammered.db')
  const { tickets, database } = await openTickets({ path })
  const openedBy = await Promise.all([1, 2, 3].map((seed) => hammer(path, seed)))
  const opened = openedBy.flat()
  expect(new Set(opened).size).toBe(opened.length)

  const { items } = await tickets.list({ limit: 500 })
  expect(items.map(({ number }) => number).sort()).toEqual(opened.sort())
  const unfinished = items.filter(({ state }) => !isFinished(state)).map(({ asset }) => asset)
  expect(new Set(unfinished).size).toBe(unfinished.length)
  for (const { number, state } of items)
    expect(replayHistory(await tickets.history(number))).toEqual({ kind: 'state', state })

  // What the others wrote is seen by the next look.
  await tickets.verify(
    () => [],
    () => undefined,
    noon,
  )
  expect(tickets.openCount()).toBe(unfinished.length)
  await database.close()
}, 60_000)

test('many at once in one process likewise', async () => {
  const { tickets } = await openTickets()
  const events = Array.from({ length: 50 }, (_, index) =>
    fires({ rule: { ...vibrationHigh, id: `rule-${index % 10}` }, startedAt: noon, at: noon }),
  )
  const decisions = await Promise.all(events.map((event) => tickets.consider(event, noon + hour)))
  expect(decisions.filter(({ kind }) => kind === 'opened')).toHaveLength(1)
  expect(await tickets.get(1)).toMatchObject({ recurrences: 9 })
  expect(tickets.openCount()).toBe(1)
})

test('two people who start the same ticket: the second is told what is possible now', async () => {
  const { tickets } = await openTickets()
  await tickets.consider(fires({ startedAt: noon, at: noon }), noon)
  const outcomes = await Promise.all(['Ann', 'Bob'].map((by) => tickets.act(1, { name: 'start' }, by, noon)))
  expect(outcomes.map(({ kind }) => kind)).toEqual(['done', 'refused'])
  expect(outcomes[1]).toMatchObject({ allowed: ['assign', 'hold', 'finish', 'close', 'cancel', 'judge', 'comment'] })
})

test('the database itself refuses a second open ticket', async () => {
  const { tickets, database } = await openTickets()
  await tickets.consider(fires({ startedAt: noon, at: noon }), noon)
  await tickets.act(1, { name: 'cancel', note: 'no' }, 'Ann', noon)
  await tickets.consider(fires({ startedAt: noon + hour, at: noon + hour }), noon + hour)
  const reopen = sql`update ticket set state = 'open' where number = 1`.execute(database.kysely)
  await expect(reopen).rejects.toThrow(/UNIQUE/)
})

test('a restart finds the same tickets', async () => {
  const path = join(folder, 'restarted.db')
  const first = await openTickets({ path })
  await first.tickets.consider(fires({ startedAt: noon, at: noon }), noon)
  const before = await first.tickets.get(1)
  await first.database.close()
  const second = await openTickets({ path })
  expect(await second.tickets.get(1)).toEqual(before)
  expect(second.tickets.openByAsset()).toEqual(new Map([['pump-07', 1]]))
  expect(await second.tickets.consider(fires({ startedAt: noon, at: noon }), noon)).toMatchObject({ kind: 'left' })
  await second.database.close()
})
