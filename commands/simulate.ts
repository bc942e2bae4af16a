import { generateTown } from '../city/index.ts'
import { type Command, needed } from './command.ts'
import { crewListener, readCredentials } from './demo.ts'
import { openLog } from './log.ts'

export const simulateCommand: Command = {
  name: 'simulate',
  summary: 'run the simulated town as MQTT devices (`up` does this by itself)',
  usage:
    'simulate --credentials FILE [--host HOST] [--port PORT] [--speed N] [--from TIME] [--state FILE] [--truth FILE]',
  help: [
    '--credentials FILE  the secrets of its devices, as `up` wrote them to DATA/simulator/credentials.json',
    '--speed N           simulated seconds a second until it has caught up with the clock (default: as fast as taken)',
    '--from TIME         where its past begins (ISO 8601); default: as in the credentials',
    '--state FILE        remembers how far it came, to go on from there',
    '--truth FILE        what really broke and when, for scoring',
  ],
  options: {
    credentials: { type: 'string' },
    host: { type: 'string' },
    port: { type: 'string' },
    speed: { type: 'string' },
    from: { type: 'string' },
    state: { type: 'string' },
    truth: { type: 'string' },
  },
  async run({ option, configuration }) {
    // Loaded when it is needed: `up` must start fast, and needs none of it.
    const { simulate } = await import('../simulators/index.ts')
    const { seed, from, devices } = readCredentials(needed(simulateCommand, '--credentials', option('credentials')))
    const { mqttPort, logLevel } = configuration()
    const stopping = new AbortController()
    for (const signal of ['SIGINT', 'SIGTERM', 'disconnect']) process.on(signal, () => stopping.abort())
    const secrets = new Map(Object.entries(devices))
    const crewSecret = secrets.get(crewListener.id)
    secrets.delete(crewListener.id)
    const begin = option('from')
    const speed = option('speed')
    await simulate({
      broker: { host: option('host') ?? '127.0.0.1', port: Number(option('port') ?? mqttPort) },
      town: generateTown(seed),
      credentials: secrets,
      ...(crewSecret === undefined ? {} : { crewListener: { id: crewListener.id, secret: crewSecret } }),
      seed,
      ...(speed === undefined ? {} : { speed: Number(speed) }),
      from: begin === undefined ? from : Date.parse(begin),
      stateFile: option('state') ?? 'simulator-state.json',
      truthFile: option('truth') ?? 'simulator-truth.json',
      now: Date.now,
      log: openLog(logLevel),
      signal: stopping.signal,
      onProgress: (progress) => process.send?.(progress),
    })
    // The open channel to the program that started us would keep this process alive.
    if (process.connected) process.disconnect()
    return 0
  },
}
