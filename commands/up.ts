import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { parseDuration } from '../city/index.ts'
import type { Command } from './command.ts'
import type { Configuration } from './configuration.ts'
import { openDataFolder } from './data-folder.ts'
import { prepareTown, type SimulatorProgress, startSimulator } from './demo.ts'
import { importInto } from './import.ts'
import { openLog } from './log.ts'
import { type Program, startProgram } from './program.ts'
import { programVersion, rootFolder } from './version.ts'

/** A city.yaml in the folder we are started from is taken into an empty registry. */
const cityFile = 'city.yaml'

export const upCommand: Command = {
  name: 'up',
  summary: 'start everything: broker, ingest, rules, tickets, pages, and the simulated town while there is no city',
  usage: 'up',
  help: ['All settings: see the table in README.md. A city.yaml in this folder is taken into an empty registry.'],
  async run({ configuration, print }) {
    const settings = configuration()
    // Whoever asks for the end while everything is still starting gets it when it is up, with all that belongs to it.
    const stopped = untilStopped()
    const folder = openDataFolder(settings)
    const log = openLog(settings.logLevel)
    const from = Date.now() - (parseDuration(settings.demoHistory) ?? 0)
    let demo = false
    const program = await startProgram(settings, folder, {
      now: Date.now,
      log,
      version: programVersion,
      pagesFolder: join(rootFolder, 'dist', 'pages'),
      prepare: async (registry) => {
        if (registry.isEmpty() && existsSync(cityFile)) print(await importInto(registry, cityFile))
        const prepared = await prepareTown(registry, settings, folder.simulator, from)
        demo = prepared.demo
        return prepared
      },
    })
    const host = settings.host === '0.0.0.0' ? '127.0.0.1' : settings.host
    const stopSimulator = demo
      ? startSimulator({
          folder: folder.simulator,
          broker: { host, port: program.broker.port },
          log,
          onProgress: progressPrinter(print),
        })
      : undefined
    print(greeting(settings, folder.path, program, demo))
    await stopped
    print('\nStopping: what was taken is being committed …')
    await stopSimulator?.()
    await program.close()
    print('Stopped. Nothing was lost.')
    return 0
  },
}

function greeting(settings: Configuration, data: string, program: Program, demo: boolean): string {
  const { registry, dashboard, broker, store, ruleCount, caughtUp } = program
  const seconds = (performance.now() / 1_000).toFixed(1)
  const town = `${registry.assets().length} assets, ${registry.sensors().length} sensors, ${registry.devices().length} devices`
  const login =
    dashboard.firstAdminPassword === undefined
      ? 'your own, or admin (lost the password? `bin/lengthsman user password admin`)'
      : `admin, password ${dashboard.firstAdminPassword}   (shown this once)`
  const lines = [
    ['Pages', dashboard.url],
    ['Login', login],
    ['MQTT', `${settings.host}:${broker.port}${broker.tlsPort === undefined ? '' : `, TLS on ${broker.tlsPort}`}`],
    [
      'Kept in',
      `${data} (registry and tickets), readings in ${store.kind === 'duckdb' ? 'DuckDB there' : settings.influxUrl}`,
    ],
    ['City', registry.isEmpty() ? 'none yet: `bin/lengthsman import city.yaml`' : `${registry.name}: ${town}`],
    ['Rules', `${ruleCount}`],
  ]
  if (demo)
    lines.push(['Simulated', 'this town; its past is filled in first, then it goes on live and breaks on purpose'])
  if (caughtUp > 0) lines.push(['Caught up', `${caughtUp} readings kept before the last stop were judged now`])
  const body = lines.map(([name = '', value = '']) => `  ${name.padEnd(10)} ${value}`)
  return [`\nLengthsman ${programVersion} is up (${seconds} s)\n`, ...body, '\n  Stop with Ctrl-C.\n'].join('\n')
}

/** One line now and then, not a moving bar: it stays readable in a log file. */
function progressPrinter(print: (text: string) => void): (progress: SimulatorProgress) => void {
  let shown = -1
  return ({ historyDone, readings }) => {
    const quarter = Math.floor(historyDone * 4)
    if (quarter === shown || readings === 0) return
    shown = quarter
    const thousands = Math.round(readings / 1_000).toLocaleString('en')
    print(
      quarter >= 4
        ? `  Past filled in: ${thousands},000 readings. Live now.`
        : `  Filling in the past: ${quarter * 25} %, ${thousands},000 readings`,
    )
  }
}

/** Resolves at the first SIGINT or SIGTERM; a second one ends at once. */
function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    let asked = false
    const stop = () => {
      if (asked) process.exit(130)
      asked = true
      resolve()
    }
    process.on('SIGINT', stop)
    process.on('SIGTERM', stop)
  })
}
