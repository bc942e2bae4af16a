import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from '@jest/globals'
import { temporaryFolder } from '../support/files.ts'
import { freePort, root, runLengthsman, startedProgram } from '../support/running-program.ts'

/** What everybody meets first: a start that works, and starts that cannot. */

const servers: Server[] = []
afterAll(() => {
  for (const server of servers) server.close()
})

async function occupiedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((listening) => server.once('listening', listening))
  servers.push(server)
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

async function refusedStart(environment: Record<string, string>, folder = temporaryFolder()) {
  const ports = { LENGTHSMAN_HTTP_PORT: String(await freePort()), LENGTHSMAN_MQTT_PORT: String(await freePort()) }
  return runLengthsman(['up'], {
    LENGTHSMAN_DATA: join(folder, 'data'),
    LENGTHSMAN_DEMO: 'off',
    PWD: folder,
    ...ports,
    ...environment,
  })
}

describe('a start that cannot succeed says what, where and what to do, in one line and without a stack', () => {
  test('MQTT port taken', async () => {
    const port = await occupiedPort()
    const { code, output } = await refusedStart({ LENGTHSMAN_MQTT_PORT: String(port) })
    expect(code).toBe(1)
    expect(output).toContain(String(port))
    expect(output).toContain('LENGTHSMAN_MQTT_PORT')
    expect(output).not.toMatch(/^\s+at /m)
  })

  test('HTTP port taken', async () => {
    const port = await occupiedPort()
    const { code, output } = await refusedStart({ LENGTHSMAN_HTTP_PORT: String(port) })
    expect(code).toBe(1)
    expect(output).toContain(String(port))
    expect(output).toContain('LENGTHSMAN_HTTP_PORT')
    expect(output).not.toMatch(/^\s+at /m)
  })

  test('data folder that cannot be written', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'file'), '')
    const { code, output } = await refusedStart({ LENGTHSMAN_DATA: join(folder, 'file', 'data') })
    expect(code).toBe(1)
    expect(output).toMatch(/^lengthsman: cannot write the data folder .*file\/data.*LENGTHSMAN_DATA/)
    expect(output).not.toMatch(/^\s+at /m)
  })

  test('broken city.yaml: every fault with its line', async () => {
    const folder = temporaryFolder()
    writeFileSync(
      join(folder, 'city.yaml'),
      'name: X\ntime zone: Europe/Vienna\nassets:\n  - id: a b\n    class: drinking-water-pmup\n    criticality: 9\n',
    )
    const { code, output } = await refusedStart({}, folder)
    expect(code).toBe(1)
    expect(output).toMatch(/city\.yaml:4:\d+: /)
    expect(output).toMatch(/city\.yaml:5:\d+: .*drinking-water-pump/)
    expect(output).not.toMatch(/^\s+at /m)
  })

  test('InfluxDB that does not answer', async () => {
    const port = await freePort()
    const url = `http://127.0.0.1:${port}`
    const { code, output } = await refusedStart({ LENGTHSMAN_INFLUX_URL: url, LENGTHSMAN_INFLUX_DATABASE: 'readings' })
    expect(code).toBe(1)
    expect(output).toContain(url)
    expect(output).toContain('LENGTHSMAN_INFLUX_URL')
    expect(output).not.toMatch(/^\s+at /m)
  })

  test('a second program on the same data', async () => {
    const folder = temporaryFolder()
    const environment = { LENGTHSMAN_DATA: join(folder, 'data') }
    await startedProgram(environment, folder)
    const { code, output } = await refusedStart(environment, folder)
    expect(code).toBe(1)
    expect(output).toContain(join(folder, 'data'))
    expect(output).not.toMatch(/^\s+at /m)
  })
})

test('starts, answers for its health, and stops cleanly', async () => {
  const folder = temporaryFolder()
  const program = await startedProgram({ LENGTHSMAN_DATA: join(folder, 'data') }, folder)
  const health = (await (await fetch(`${program.url}/health`)).json()) as { status: string }
  expect(health.status).toBe('ready')
  expect(await program.kill('SIGINT')).toBe(0)
  expect(program.output()).toContain('Nothing was lost')
})

test('asked to stop while it is still starting, it stops as cleanly', async () => {
  const folder = temporaryFolder()
  const child = spawn(process.execPath, [join(root, 'dist', 'lengthsman.js'), 'up'], {
    cwd: folder,
    env: {
      ...process.env,
      LENGTHSMAN_DATA: join(folder, 'data'),
      LENGTHSMAN_DEMO: 'off',
      LENGTHSMAN_HTTP_PORT: String(await freePort()),
      LENGTHSMAN_MQTT_PORT: String(await freePort()),
    },
  })
  let output = ''
  child.stdout.on('data', (chunk) => {
    output += String(chunk)
  })
  const ended = once(child, 'close')
  // The first thing that a start leaves behind; broker and pages come after it.
  const database = join(folder, 'data', 'lengthsman.db')
  while (!existsSync(database) && child.exitCode === null) await new Promise((later) => setTimeout(later, 1))
  child.kill('SIGINT')
  expect((await ended)[0]).toBe(0)
  expect(output).toContain('Nothing was lost')
})
