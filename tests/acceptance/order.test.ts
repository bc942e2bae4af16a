/**
 * Watches: the system calls of the built program (strace), one reading under way at a time.
 * Shows: the order in which a power cut does no harm. The PUBACK is written to the socket only after the store's file was
 * written to and a sync of it had ended; for DuckDB, and for the spool while InfluxDB is away.
 * Can not show: that the disk keeps what it said it had synced.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import mqtt from 'mqtt'
import { eventually } from '../support/api-client.ts'
import { temporaryFolder } from '../support/files.ts'
import { findInfluxd, startInfluxd } from '../support/influxd.ts'
import { root, runLengthsman, startedProgram } from '../support/running-program.ts'
import { type Acknowledgement, acknowledgementsIn, systemCallsIn } from '../support/system-calls.ts'

// No two share their eight bytes, and nothing else in the files has them.
const values = Array.from({ length: 25 }, (_, at) => Math.sqrt(at + 2))
const traced = 'read,write,writev,pwrite64,pwritev,fsync,fdatasync'

const strace = (() => {
  try {
    execFileSync('strace', ['-o', '/dev/null', 'true'])
    return true
  } catch {
    return false
  }
})()
const mayBeSkipped = process.env['CI'] === undefined
if (!strace) process.stderr.write('the order of system calls is not tested: strace is missing or not allowed here\n')
const straced = strace || !mayBeSkipped ? test : test.skip
const binary = findInfluxd()
const withInflux = binary !== undefined || !mayBeSkipped ? straced : test.skip

type Watched = {
  readonly environment?: Record<string, string>
  /** Once the program is up. */
  readonly prepare?: () => Promise<void>
  readonly isStore: (path: string) => boolean
}

/** Publishes one after the other and gives what was seen before each PUBACK. */
async function watch({ environment = {}, prepare, isStore }: Watched): Promise<Acknowledgement[]> {
  const folder = temporaryFolder()
  const settings = { LENGTHSMAN_DATA: join(folder, 'data'), PWD: folder, ...environment }
  writeFileSync(
    join(folder, 'pumps.csv'),
    'id,name,class,criticality,latitude,longitude\npump-1,Pump,drinking-water-pump,3,50.5,7.1\n',
  )
  expect(await runLengthsman(['import', join(folder, 'pumps.csv')], settings)).toMatchObject({ code: 0 })
  const added = await runLengthsman(['device', 'add', 'load', '--asset', 'pump-1'], settings)
  const secret = /\n {4}(\S+)\n/.exec(added.output)?.[1] ?? ''
  const trace = join(folder, 'trace')
  const by = ['strace', '-D', '-f', '-yy', '-xx', '-s', '16384', '-o', trace, '-e', `trace=${traced}`]
  const program = await startedProgram(settings, folder, { by })
  await prepare?.()
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${program.mqttPort}`, {
    ...{ clientId: 'load', username: 'load', password: secret, reconnectPeriod: 0 },
  })
  for (const value of values) {
    const reading = { value, observedAt: Date.now() }
    await client.publishAsync('telemetry/pump-1/vibration', JSON.stringify(reading), { qos: 1 })
  }
  await client.endAsync()
  expect(await program.kill('SIGINT')).toBe(0)
  return eventually(
    async () => acknowledgementsIn(systemCallsIn(readFileSync(trace, 'utf8')), values, isStore),
    (seen) => seen.length >= values.length,
    5_000,
  )
}

const isDuckDb = (path: string) => /\/data\/readings/.test(path)
const isSpool = (path: string) => /\/data\/spool\.db/.test(path)
const inOrder = values.map(() => ({ written: true, synced: true }))

straced(
  'DuckDB: written, then synced, then acknowledged, for each message',
  async () => {
    expect(await watch({ isStore: isDuckDb })).toEqual(inOrder)
  },
  120_000,
)

/** The program with a server that goes away once it is up. */
async function watchSpool(more: Record<string, string> = {}): Promise<Acknowledgement[]> {
  if (binary === undefined)
    throw new Error('influxd is not on the PATH, and in CI it must be: apt-get install influxdb')
  const server = await startInfluxd(binary, join(temporaryFolder(), 'influx'))
  const environment = { LENGTHSMAN_INFLUX_URL: server.url, LENGTHSMAN_INFLUX_DATABASE: 'order', ...more }
  let running = true
  const prepare = async () => {
    await server.stop()
    running = false
  }
  try {
    return await watch({ isStore: isSpool, environment, prepare })
  } finally {
    if (running) await server.stop()
  }
}

withInflux(
  'the spool while InfluxDB is away: written, then synced, then acknowledged, for each message',
  async () => {
    expect(await watchSpool()).toEqual(inOrder)
  },
  120_000,
)

withInflux(
  'a spool that does not wait for the disk is found out',
  async () => {
    const fault = join(root, 'tests', 'support', 'without-sync.mjs')
    const seen = await watchSpool({ NODE_OPTIONS: `--import ${fault}` })
    expect(seen.filter(({ synced }) => !synced).length).toBeGreaterThan(values.length / 2)
  },
  120_000,
)

test('what judges this finds out a PUBACK before the write, before the sync, and one after the sync of another file', () => {
  const published = '7 read(20<TCP:[127.0.0.1:1883->127.0.0.1:47920]>, "\\x32\\x30", 65536) = 50'
  const write = '8 pwrite64(9</d/readings.wal>, "\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\xe0\\x3f", 9, 0) = 9'
  const begun = '8 fdatasync(9</d/readings.wal> <unfinished ...>'
  const ended = '8 <... fdatasync resumed>) = 0'
  const other = '8 fsync(10</d/readings.other>) = 0'
  const puback = '7 write(20<TCP:[127.0.0.1:1883->127.0.0.1:47920]>, "\\x40\\x02\\x00\\x01", 4) = 4'
  const judged = (...lines: string[]) =>
    acknowledgementsIn(systemCallsIn([published, ...lines].join('\n')), [0.5], (path) => path.startsWith('/d/readings'))
  expect(judged(write, begun, ended, puback)).toEqual([{ written: true, synced: true }])
  expect(judged(write, begun, puback, ended)).toEqual([{ written: true, synced: false }])
  expect(judged(write, other, puback)).toEqual([{ written: true, synced: false }])
  const readLater = ['7 read(20<TCP:[127.0.0.1:1883->127.0.0.1:47920]>, <unfinished ...>', '8 close(3</d/x>) = 0']
  const readResumed = '7 <... read resumed>"\\x32\\x30", 65536) = 50'
  const interrupted = systemCallsIn([...readLater, readResumed, write, begun, ended, puback].join('\n'))
  const isStore = (path: string) => path.startsWith('/d/readings')
  expect(acknowledgementsIn(interrupted, [0.5], isStore)).toEqual([{ written: true, synced: true }])
  expect(judged(begun, ended, puback, write)).toEqual([{ written: false, synced: false }])
})
