/**
 * Simulates: the program killed (SIGKILL) at once after the acknowledgement of the readings that make an alarm, before its
 * ticket is written; a round for each pump.
 * Shows: what was acknowledged is judged after the restart, with the time it had been pending, and raised once.
 * Can not show: every interleaving; in how many rounds the kill did come before the ticket is looked up and must not be none.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import Database from 'libsql'
import mqtt from 'mqtt'
import { ApiClient, eventually } from '../support/api-client.ts'
import { temporaryFolder } from '../support/files.ts'
import { type RunningProgram, runLengthsman, startedProgram } from '../support/running-program.ts'

const rounds = 4
const pumps = Array.from({ length: rounds }, (_, index) => `pump-${index + 1}`)
const minute = 60_000
/** The library's rule wants ten minutes above its limit. */
const shakingMinutes = 12

const folder = temporaryFolder()
const environment = { LENGTHSMAN_DATA: join(folder, 'data'), PWD: folder }
const firstAt = Math.floor(Date.now() / minute) * minute - 86_400_000

async function connected(program: RunningProgram, secret: string): Promise<mqtt.MqttClient> {
  const client = mqtt.connect(`mqtt://127.0.0.1:${program.mqttPort}`, {
    clientId: 'load',
    username: 'load',
    password: secret,
    reconnectPeriod: 0,
  })
  client.on('error', () => undefined)
  await new Promise((done) => client.once('connect', done))
  return client
}

const shaking = (from: number, to: number) =>
  JSON.stringify(
    Array.from({ length: to - from }, (_, index) => ({
      observedAt: firstAt + (from + index) * minute,
      values: { vibration: 9 },
    })),
  )

/** Tickets in the file that the killed program left. */
function ticketCount(): number {
  const database = new Database(join(folder, 'data', 'lengthsman.db'))
  try {
    return (database.prepare('select count(*) as count from ticket').get() as { count: number }).count
  } finally {
    database.close()
  }
}

test('an alarm whose readings were acknowledged is raised after a kill, once, with the time it was pending', async () => {
  const rows = pumps.map((pump) => `${pump},Pump,drinking-water-pump,3,50.5,7.1`)
  writeFileSync(join(folder, 'pumps.csv'), ['id,name,class,criticality,latitude,longitude', ...rows].join('\n'))
  expect(await runLengthsman(['import', join(folder, 'pumps.csv')], environment)).toMatchObject({ code: 0 })
  const assets = pumps.flatMap((pump) => ['--asset', pump])
  const added = await runLengthsman(['device', 'add', 'load', ...assets], environment)
  const secret = /\n {4}(\S+)\n/.exec(added.output)?.[1] ?? ''

  let killedBefore = 0
  for (const [round, pump] of pumps.entries()) {
    const program = await startedProgram(environment, folder)
    const client = await connected(program, secret)
    // Half of the time it is pending lies before the kill of every other round, half after it.
    const half = round % 2 === 0 ? shakingMinutes : shakingMinutes / 2
    await client.publishAsync(`telemetry/${pump}`, shaking(0, half), { qos: 1 })
    await program.kill('SIGKILL')
    client.end(true)
    if (round % 2 === 0 && ticketCount() <= round) killedBefore += 1
    if (half === shakingMinutes) continue
    const again = await startedProgram(environment, folder)
    const second = await connected(again, secret)
    await second.publishAsync(`telemetry/${pump}`, shaking(half, shakingMinutes), { qos: 1 })
    await again.kill('SIGKILL')
    second.end(true)
  }

  const program = await startedProgram(environment, folder)
  const api = await ApiClient.login(program.url, 'admin', program.adminPassword)
  type Tickets = { items: { asset: string; failureMode: string; startedAt: string }[] }
  const { items } = await eventually(
    () => api.get<Tickets>('/api/v1/tickets?limit=100'),
    (answer) => answer.items.filter(({ failureMode }) => failureMode === 'bearing-wear').length >= rounds,
  )
  const raised = items.filter(({ failureMode }) => failureMode === 'bearing-wear')
  expect(raised.map(({ asset }) => asset).sort()).toEqual([...pumps].sort())
  expect(new Set(raised.map(({ startedAt }) => Date.parse(startedAt)))).toEqual(new Set([firstAt]))
  expect(killedBefore).toBeGreaterThan(0)
  await program.kill('SIGINT')
}, 240_000)
