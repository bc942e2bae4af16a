import { hostname } from 'node:os'
import {
  connectionSnippets,
  type Device,
  type DeviceWithSecret,
  Refusal,
  type Registry,
  type Snippet,
  type SnippetKind,
  snippetKinds,
} from '../city/index.ts'
import { type Command, needed } from './command.ts'
import type { Configuration } from './configuration.ts'
import { addFromCsv } from './device-csv.ts'
import { withRegistry } from './with-registry.ts'

const json = { json: { type: 'boolean' } } as const
const jsonHelp = '--json              as JSON, for scripts'

export const deviceAdd: Command = {
  name: 'device add',
  summary: 'make a credential for a device, or for each of a table, and give out the secrets once',
  usage:
    'device add ID --asset ASSET [--asset ASSET …] [--publish FILTER …] [--subscribe FILTER …] [--title TEXT] [--json]\n       lengthsman device add --csv DEVICES.csv --out SECRETS.csv [--json]',
  help: [
    '--asset ASSET       an asset it reports for (may be given several times)',
    '--publish FILTER    a foreign topic that it brings, such as spBv1.0/plant-1/# of a gateway (several times)',
    '--subscribe FILTER  a topic it may listen to, such as tickets/water-north (several times)',
    '--title TEXT        what people call it',
    '--csv FILE          a table with the column id and, where wanted, title, assets, subscribes, publishes;',
    '                    several in one cell are parted by spaces. All are made, or none',
    '--out FILE          where the secrets of the table go, readable by you alone; an existing file is left alone',
    jsonHelp,
  ],
  options: {
    ...json,
    asset: { type: 'string', multiple: true },
    publish: { type: 'string', multiple: true },
    subscribe: { type: 'string', multiple: true },
    title: { type: 'string' },
    csv: { type: 'string' },
    out: { type: 'string' },
  },
  async run({ words, option, options, flag, configuration, print }) {
    const settings = configuration()
    const table = option('csv')
    if (table !== undefined) {
      const out = needed(deviceAdd, 'the file for the secrets (--out FILE)', option('out'))
      const count = await withRegistry(settings, (registry) => addFromCsv(registry, table, out))
      print(
        flag('json') ? asJson({ added: count, secrets: out }) : `${count} devices made; their secrets are in ${out}`,
      )
      return 0
    }
    const id = needed(deviceAdd, 'the device id', words[0])
    await withRegistry(settings, async (registry) => {
      const added = await registry.addDevice({
        id,
        title: option('title') ?? '',
        assets: options('asset'),
        subscribes: options('subscribe'),
        publishes: options('publish'),
      })
      print(flag('json') ? asJson(shown(added)) : givenOut(`device ${id} made; its secret`, added, settings, registry))
    })
    return 0
  },
}

export const deviceList: Command = {
  name: 'device list',
  summary: 'list the devices and what they may report for',
  usage: 'device list [--json]',
  help: [jsonHelp],
  options: json,
  async run({ flag, configuration, print }) {
    await withRegistry(configuration(), async (registry) => {
      const devices = registry.devices()
      if (flag('json')) print(asJson(devices.map(deviceShown)))
      else if (devices.length === 0) print('no devices yet: make one with `lengthsman device add ID --asset ASSET`')
      else for (const device of devices) print(lineOf(device))
    })
    return 0
  },
}

export const deviceRotate: Command = {
  name: 'device rotate',
  summary: 'give a device a new secret; the old one stops at once, and a revoked device is let in again',
  usage: 'device rotate ID [--json]',
  help: [jsonHelp],
  options: json,
  async run({ words, flag, configuration, print }) {
    const id = needed(deviceRotate, 'the device id', words[0])
    const settings = configuration()
    await withRegistry(settings, async (registry) => {
      const rotated = await registry.rotateDevice(id)
      if (rotated === undefined) throw unknownDevice(registry, id)
      print(flag('json') ? asJson(shown(rotated)) : givenOut(`the new secret of ${id}`, rotated, settings, registry))
    })
    return 0
  },
}

export const deviceRevoke: Command = {
  name: 'device revoke',
  summary: 'shut a device out, at once; only a new secret lets it in again',
  usage: 'device revoke ID [--json]',
  help: [jsonHelp],
  options: json,
  async run({ words, flag, configuration, print }) {
    const id = needed(deviceRevoke, 'the device id', words[0])
    await withRegistry(configuration(), async (registry) => {
      const revoked = await registry.revokeDevice(id)
      if (revoked === undefined) throw unknownDevice(registry, id)
      print(
        flag('json')
          ? asJson(deviceShown(revoked))
          : `device ${id} is revoked; a running program closes its connection within a second`,
      )
    })
    return 0
  },
}

export const deviceSnippet: Command = {
  name: 'device snippet',
  summary: 'print what to paste into a tool or a device so that it connects',
  usage: `device snippet ID [--for ${snippetKinds.join('|')}] [--secret SECRET] [--tls] [--json]`,
  help: [
    '--for TOOL          one of them; else all',
    '--secret SECRET     to stand in it; the secret itself is kept nowhere',
    '--tls               by the TLS port (LENGTHSMAN_MQTT_TLS_PORT)',
    jsonHelp,
  ],
  options: { ...json, for: { type: 'string' }, secret: { type: 'string' }, tls: { type: 'boolean' } },
  async run({ words, option, flag, configuration, print }) {
    const id = needed(deviceSnippet, 'the device id', words[0])
    const kind = option('for')
    if (kind !== undefined && !isSnippetKind(kind))
      throw new Refusal('COMMAND_INVALID', `--for "${kind}": expected one of ${snippetKinds.join(', ')}`)
    const settings = configuration()
    if (flag('tls') && settings.mqttTlsPort === undefined)
      throw new Refusal('COMMAND_INVALID', '--tls: there is no TLS port; set LENGTHSMAN_MQTT_TLS_PORT')
    await withRegistry(settings, async (registry) => {
      const device = registry.device(id)
      if (device === undefined) throw unknownDevice(registry, id)
      const all = snippetsFor(device, settings, registry, option('secret'), flag('tls'))
      const wanted = all.filter((snippet) => kind === undefined || snippet.for === kind)
      if (flag('json')) print(asJson(wanted))
      else if (kind !== undefined) print(wanted.map(({ text }) => text.trimEnd()).join('\n'))
      else print(wanted.map(({ title, text }) => `# ${title}\n\n${text.trimEnd()}\n`).join('\n'))
    })
    return 0
  },
}

function isSnippetKind(kind: string): kind is SnippetKind {
  return snippetKinds.some((each) => each === kind)
}

function unknownDevice(registry: Registry, id: string): Refusal {
  const known = registry.devices().length
  const hint = known === 0 ? 'there are none yet' : 'see `lengthsman device list`'
  return new Refusal('DEVICE_UNKNOWN', `there is no device "${id}": ${hint}`)
}

function asJson(value: unknown): string {
  return JSON.stringify(value, null, 2)
}

function lineOf({ id, assets, publishes, revokedAt }: Device): string {
  const reports = [...assets, ...publishes].join(', ')
  return [id, reports, ...(revokedAt === undefined ? [] : [`revoked ${new Date(revokedAt).toISOString()}`])].join('\t')
}

function deviceShown({ createdAt, revokedAt, ...device }: Device) {
  return {
    ...device,
    createdAt: new Date(createdAt).toISOString(),
    revokedAt: revokedAt === undefined ? null : new Date(revokedAt).toISOString(),
  }
}

function shown({ device, secret }: DeviceWithSecret) {
  return { ...deviceShown(device), secret }
}

function givenOut(what: string, { device, secret }: DeviceWithSecret, settings: Configuration, registry: Registry) {
  const line = snippetsFor(device, settings, registry, secret, false)[0]?.text ?? ''
  return `${what} is shown this once:\n\n    ${secret}\n\ntry it:\n\n    ${line}\n\nfor Arduino, ESPHome and Python: lengthsman device snippet ${device.id}\n`
}

function snippetsFor(
  device: Device,
  { host, mqttPort, mqttTlsPort }: Configuration,
  registry: Registry,
  secret: string | undefined,
  tls: boolean,
): Snippet[] {
  return connectionSnippets({
    device,
    secret,
    // Listening everywhere is no address; devices find this machine by its name.
    host: host === '0.0.0.0' || host === '::' ? hostname() : host,
    port: tls ? (mqttTlsPort ?? mqttPort) : mqttPort,
    tls,
    sensorsOf: (asset) => registry.sensorsOf(asset),
  })
}
