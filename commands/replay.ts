import { Refusal } from '../city/index.ts'
import type { ReplaySummary } from '../simulators/index.ts'
import { type Command, needed } from './command.ts'

/** Faults and refusals shown of each kind; the counts say how many there were. */
const examplesShown = 5

export const replayCommand: Command = {
  name: 'replay',
  summary: 'publish a recorded CSV file over MQTT as a device, with its own times',
  usage: 'replay FILE.csv --time COLUMN --map COLUMN=ASSET/QUANTITY [--map …] --device ID --secret SECRET [options]',
  help: [
    '--time COLUMN       the column that holds the time (ISO 8601, YYYY-MM-DD HH:MM:SS, Unix seconds or milliseconds)',
    '--map COLUMN=SENSOR which column is which sensor, such as value=my-pump/vibration (may be given several times)',
    '--device ID --secret SECRET   the credential it publishes with (`device add`)',
    '--speed N|max       times faster than recorded (default 1); max: as fast as it is acknowledged',
    '--zone ZONE         for times that say no zone (default UTC), such as Europe/Berlin',
    '--shift-to-now      move all times by the same span, so that the last row is now',
    '--host HOST --port PORT       where MQTT listens',
  ],
  options: {
    time: { type: 'string' },
    map: { type: 'string', multiple: true },
    device: { type: 'string' },
    secret: { type: 'string' },
    speed: { type: 'string' },
    zone: { type: 'string' },
    'shift-to-now': { type: 'boolean' },
    host: { type: 'string' },
    port: { type: 'string' },
  },
  async run({ words, option, options, flag, configuration, print }) {
    const { replay } = await import('../simulators/index.ts')
    const { host, mqttPort } = configuration()
    const summary = await replay({
      file: needed(replayCommand, 'the file', words[0]),
      map: {
        timeColumn: needed(replayCommand, '--time', option('time')),
        sensors: sensorsOf(options('map')),
        zone: option('zone') ?? 'UTC',
      },
      broker: {
        host: option('host') ?? (host === '0.0.0.0' ? '127.0.0.1' : host),
        port: Number(option('port') ?? mqttPort),
      },
      credential: {
        id: needed(replayCommand, '--device', option('device')),
        secret: needed(replayCommand, '--secret', option('secret')),
      },
      speed: speedOf(option('speed') ?? '1'),
      shiftToNow: flag('shift-to-now'),
      now: Date.now,
    })
    print(summaryText(summary))
    return summary.faultCount + summary.refused > 0 ? 2 : 0
  },
}

function sensorsOf(pairs: readonly string[]): ReadonlyMap<string, string> {
  needed(replayCommand, '--map COLUMN=ASSET/QUANTITY', pairs[0])
  return new Map(
    pairs.map((pair) => {
      const split = pair.lastIndexOf('=')
      if (split > 0) return [pair.slice(0, split), pair.slice(split + 1)]
      throw new Refusal(
        'COMMAND_INVALID',
        `--map ${pair}: expected COLUMN=ASSET/QUANTITY, such as value=my-pump/vibration`,
      )
    }),
  )
}

function speedOf(text: string): number | 'max' {
  if (text === 'max') return 'max'
  const speed = Number(text)
  if (speed > 0) return speed
  throw new Refusal('COMMAND_INVALID', `--speed ${text}: expected a number above 0, or max`)
}

function summaryText({
  rows,
  published,
  acknowledged,
  refused,
  refusals,
  faultCount,
  faults,
  firstAt,
  lastAt,
}: ReplaySummary): string {
  const time = (at: number | undefined) => (at === undefined ? '–' : new Date(at).toISOString())
  return [
    `${rows} rows from ${time(firstAt)} to ${time(lastAt)}: ${published} messages published, ${acknowledged} acknowledged`,
    ...(refused > 0
      ? [`${refused} refused:`, ...refusals.slice(0, examplesShown).map((refusal) => `  ${refusal}`)]
      : []),
    ...(faultCount > 0
      ? [
          `${faultCount} faults in the file:`,
          ...faults.slice(0, examplesShown).map(({ line, message }) => `  line ${line}: ${message}`),
        ]
      : []),
  ].join('\n')
}
