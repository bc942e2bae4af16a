import { spawn } from 'node:child_process'
import { accessSync, constants, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { delimiter, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

/** Where InfluxDB's server is on this machine, if it is. */
export function findInfluxd(): string | undefined {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter).concat('/usr/sbin', '/usr/local/bin')) {
    const path = join(folder, 'influxd')
    try {
      accessSync(path, constants.X_OK)
      return path
    } catch {
      // Not in this folder.
    }
  }
  return undefined
}

export type Influxd = {
  readonly url: string
  stop(): Promise<void>
  start(): Promise<void>
  /** Stops as a crash does. */
  kill(): Promise<void>
  /** Answers nothing from now on, and keeps every connection open. */
  freeze(): void
  thaw(): void
}

export type InfluxdOptions = { readonly user?: string; readonly password?: string }

/** Starts an InfluxDB 1.x of the test's own in this folder, on free ports; with a user, it asks for the password. */
export async function startInfluxd(binary: string, folder: string, options: InfluxdOptions = {}): Promise<Influxd> {
  const [http, rpc] = await Promise.all([freePort(), freePort()])
  const config = join(folder, 'influxdb.conf')
  mkdirSync(folder, { recursive: true })
  writeFileSync(config, configuration(folder, http, rpc, options.user !== undefined))
  const url = `http://127.0.0.1:${http}`
  let running = await run(binary, config, url)
  if (options.user !== undefined) await createAdmin(url, options.user, options.password ?? '')
  return {
    url,
    stop: () => running.end('SIGTERM'),
    kill: () => running.end('SIGKILL'),
    freeze: () => running.signal('SIGSTOP'),
    thaw: () => running.signal('SIGCONT'),
    start: async () => {
      running = await run(binary, config, url)
    },
  }
}

function configuration(folder: string, http: number, rpc: number, authenticated: boolean): string {
  return `reporting-disabled = true
bind-address = "127.0.0.1:${rpc}"
[meta]
  dir = "${join(folder, 'meta')}"
[data]
  dir = "${join(folder, 'data')}"
  wal-dir = "${join(folder, 'wal')}"
  query-log-enabled = false
[http]
  bind-address = "127.0.0.1:${http}"
  auth-enabled = ${authenticated}
  log-enabled = false
[monitor]
  store-enabled = false
[logging]
  level = "error"
`
}

// A cold start takes about a second here; a loaded CI machine some more.
const startedWithinMs = 20_000

type Running = { end(signal: NodeJS.Signals): Promise<void>; signal(signal: NodeJS.Signals): void }

async function run(binary: string, config: string, url: string): Promise<Running> {
  const child = spawn(binary, ['-config', config], { stdio: 'ignore' })
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const deadline = performance.now() + startedWithinMs
  for (;;) {
    const answered = await fetch(`${url}/ping`).then(
      (response) => response.ok,
      () => false,
    )
    if (answered) break
    if (child.exitCode !== null || performance.now() > deadline) {
      child.kill('SIGKILL')
      throw new Error(`influxd did not start on ${url} (exit code ${child.exitCode})`)
    }
    await wait(25)
  }
  return {
    signal: (signal) => {
      child.kill(signal)
      if (signal === 'SIGSTOP') stopped(child.pid)
    },
    end: async (signal) => {
      child.kill(signal)
      // One that is frozen ends only when it is let go on.
      if (signal !== 'SIGKILL') child.kill('SIGCONT')
      await exited
    },
  }
}

/** Waits until none of a process's threads runs any more: for a moment after the signal they go on answering. */
function stopped(pid = 0): void {
  const threads = `/proc/${pid}/task`
  if (!existsSync(threads)) return
  const deadline = performance.now() + startedWithinMs
  const runs = (thread: string) => !/\) [Tt] /.test(readFileSync(join(threads, thread, 'stat'), 'utf8'))
  while (readdirSync(threads).some(runs) && performance.now() < deadline);
}

async function createAdmin(url: string, user: string, password: string): Promise<void> {
  const q = `CREATE USER "${user}" WITH PASSWORD '${password}' WITH ALL PRIVILEGES`
  await fetch(`${url}/query`, { method: 'POST', body: new URLSearchParams({ q }) })
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      const port = typeof address === 'object' && address !== null ? address.port : 0
      server.close(() => resolve(port))
    })
  })
}
