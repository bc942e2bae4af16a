import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { join, resolve } from 'node:path'

export const root = resolve(import.meta.dirname, '../..')
const built = join(root, 'dist', 'lengthsman.js')

/** Long enough for a loaded machine; a healthy start takes about a second. */
const startTimeoutMs = 60_000

/** The built program as a process of its own, as a person would start it. */
export type RunningProgram = {
  readonly url: string
  readonly mqttPort: number
  readonly adminPassword: string
  readonly pid: number
  /** What it has printed so far, both streams. */
  output(): string
  kill(signal: NodeJS.Signals): Promise<number | null>
}

/** `lengthsman WORDS` run to its end. */
export function runLengthsman(words: readonly string[], environment: Record<string, string>) {
  return new Promise<{ code: number | null; output: string }>((done) => {
    const child = spawn(process.execPath, [built, ...words], {
      cwd: environment['PWD'] ?? root,
      env: cleanEnvironment(environment),
    })
    let output = ''
    child.stdout.on('data', (chunk) => {
      output += String(chunk)
    })
    child.stderr.on('data', (chunk) => {
      output += String(chunk)
    })
    child.on('close', (code) => done({ code, output }))
  })
}

/** How it is started: by another program (`strace -D …`). */
export type Wrapping = { readonly by?: readonly string[] }

/** Starts the built program on free ports and waits until it says that it is up. */
export async function spawnProgram(
  environment: Record<string, string>,
  folder = root,
  { by = [] }: Wrapping = {},
): Promise<RunningProgram> {
  if (!existsSync(built))
    throw new Error('the program is not built: run `npm run build`, or the tests through `npm test`')
  const adminPassword = 'correct-horse-battery'
  const [httpPort, mqttPort] = [await freePort(), await freePort()]
  const command = [...by, process.execPath, '--max-semi-space-size=32', built, 'up']
  const child = spawn(command[0] ?? '', command.slice(1), {
    cwd: folder,
    env: cleanEnvironment({
      LENGTHSMAN_HTTP_PORT: String(httpPort),
      LENGTHSMAN_MQTT_PORT: String(mqttPort),
      LENGTHSMAN_ADMIN_PASSWORD: adminPassword,
      LENGTHSMAN_DEMO: 'off',
      ...environment,
    }),
  })
  let output = ''
  const ended = new Promise<number | null>((done) => child.on('close', (code) => done(code)))
  const kill = async (signal: NodeJS.Signals) => {
    child.kill(signal)
    return ended
  }
  await new Promise<void>((up, failed) => {
    const timeout = setTimeout(() => failed(new Error(`not up after ${startTimeoutMs} ms:\n${output}`)), startTimeoutMs)
    const heard = (chunk: Buffer) => {
      output += String(chunk)
      if (!output.includes('Stop with Ctrl-C')) return
      clearTimeout(timeout)
      up()
    }
    child.stdout.on('data', heard)
    child.stderr.on('data', heard)
    child.on('close', (code) => failed(new Error(`ended with ${code}:\n${output}`)))
  })
  return {
    url: `http://127.0.0.1:${httpPort}`,
    mqttPort,
    adminPassword,
    pid: child.pid ?? 0,
    output: () => output,
    kill,
  }
}

/** A port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((done, failed) => {
    const server = createServer()
    server.on('error', failed)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() =>
        typeof address === 'object' && address !== null ? done(address.port) : failed(new Error('no port')),
      )
    })
  })
}

function cleanEnvironment(environment: Record<string, string>): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !name.startsWith('LENGTHSMAN_') && name !== 'NODE_OPTIONS',
  )
  return { ...Object.fromEntries(inherited), ...environment }
}
