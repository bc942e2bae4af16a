import { type ChildProcess, fork } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { generateTown, type Registry } from '../city/index.ts'
import type { Configuration } from './configuration.ts'

/** A simulator that dies is started again after this long. */
const restartAfterMs = 5_000
/** How long the simulated devices may take to say goodbye. */
const goodbyeMs = 5_000

/** The device that hears which tickets the simulated crews finished. */
const crewListener = { id: 'simulated-crews', title: 'Simulated crews', assets: [], subscribes: ['tickets/+'] }

/** What the simulator must know of the town; only this user may read it, as it holds the devices' secrets. */
export type Credentials = {
  readonly seed: number
  readonly from: number
  readonly devices: Readonly<Record<string, string>>
}

export type SimulatorFiles = { readonly credentials: string; readonly state: string; readonly truth: string }

export function simulatorFilesIn(folder: string): SimulatorFiles {
  return {
    credentials: join(folder, 'credentials.json'),
    state: join(folder, 'state.json'),
    truth: join(folder, 'truth.json'),
  }
}

export function readCredentials(file: string): Credentials {
  return JSON.parse(readFileSync(file, 'utf8')) as Credentials
}

export { crewListener }

/**
 * Fills an empty registry with the simulated town, unless that is switched off.
 * @returns whether the town is to be simulated
 */
export async function prepareTown(
  registry: Registry,
  configuration: Configuration,
  folder: string,
  from: number,
): Promise<{ demo: boolean }> {
  const files = simulatorFilesIn(folder)
  if (configuration.demo === 'off') return { demo: false }
  if (!registry.isEmpty()) return { demo: existsSync(files.credentials) }
  const { devices, ...city } = generateTown(configuration.demoSeed)
  await registry.importCity(city)
  const made = await registry.addDevices([...devices, crewListener])
  const secrets = Object.fromEntries(made.map(({ device, secret }) => [device.id, secret]))
  // A town left by an earlier registry would go on with its faults and its clock.
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const credentials: Credentials = { seed: configuration.demoSeed, from, devices: secrets }
  writeFileSync(`${files.credentials}.new`, JSON.stringify(credentials), { mode: 0o600 })
  renameSync(`${files.credentials}.new`, files.credentials)
  return { demo: true }
}

export type SimulatorProgress = { readonly historyDone: number; readonly readings: number }

/**
 * Runs `lengthsman simulate` as a process of its own, so that four hundred MQTT clients take nothing from the broker's.
 * @returns how to stop it
 */
export function startSimulator(options: {
  readonly folder: string
  readonly broker: { readonly host: string; readonly port: number }
  readonly log: Logger
  readonly onProgress: (progress: SimulatorProgress) => void
}): () => Promise<void> {
  const { folder, broker, log, onProgress } = options
  const files = simulatorFilesIn(folder)
  const words = ['simulate', '--credentials', files.credentials, '--state', files.state, '--truth', files.truth]
  words.push('--host', broker.host, '--port', String(broker.port))
  let stopping = false
  let timer: NodeJS.Timeout | undefined
  let child = begin()

  function begin(): ChildProcess {
    const begun = fork(process.argv[1] ?? '', words, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
    begun.on('message', (message) => onProgress(message as SimulatorProgress))
    begun.on('exit', (code, signal) => {
      if (stopping) return
      log.warn({ code, signal }, 'the simulated town stopped; it is started again')
      timer = setTimeout(() => {
        child = begin()
      }, restartAfterMs)
    })
    return begun
  }

  return async () => {
    stopping = true
    clearTimeout(timer)
    if (child.exitCode !== null || child.signalCode !== null) return
    const gone = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGTERM')
    const impatience = setTimeout(() => child.kill('SIGKILL'), goodbyeMs)
    await gone
    clearTimeout(impatience)
  }
}
