import { Refusal } from '../city/index.ts'
import { type Command, needed } from './command.ts'
import type { Configuration } from './configuration.ts'
import { withRegistry } from './with-registry.ts'

export const deviceAdd: Command = {
  name: 'device add',
  summary: 'make a credential for a device and print its secret once',
  usage: 'device add ID --asset ASSET [--asset ASSET …] [--subscribe FILTER …] [--title TEXT]',
  help: [
    '--asset ASSET       an asset it reports for (may be given several times)',
    '--subscribe FILTER  a topic it may listen to, such as tickets/water-north',
    '--title TEXT        what people call it',
  ],
  options: {
    asset: { type: 'string', multiple: true },
    subscribe: { type: 'string', multiple: true },
    title: { type: 'string' },
  },
  async run({ words, option, options, configuration, print }) {
    const id = needed(deviceAdd, 'the device id', words[0])
    const settings = configuration()
    await withRegistry(settings, async (registry) => {
      const assets = options('asset')
      const { secret } = await registry.addDevice({
        id,
        title: option('title') ?? '',
        assets,
        subscribes: options('subscribe'),
      })
      print(`device ${id} made; its secret is shown this once:\n\n    ${secret}\n`)
      const quantity = assets[0] === undefined ? undefined : registry.sensorsOf(assets[0])[0]
      if (quantity !== undefined) print(`try it:\n\n    ${publishLine(settings, id, secret, quantity.id)}\n`)
    })
    return 0
  },
}

export const deviceList: Command = {
  name: 'device list',
  summary: 'list the devices and what they may report for',
  usage: 'device list',
  async run({ configuration, print }) {
    await withRegistry(configuration(), async (registry) => {
      if (registry.devices().length === 0)
        print('no devices yet: make one with `lengthsman device add ID --asset ASSET`')
      for (const { id, assets, revokedAt } of registry.devices()) {
        print(
          `${id}\t${assets.join(', ')}${revokedAt === undefined ? '' : `\trevoked ${new Date(revokedAt).toISOString()}`}`,
        )
      }
    })
    return 0
  },
}

export const deviceRotate: Command = {
  name: 'device rotate',
  summary: 'give a device a new secret; the old one stops at once',
  usage: 'device rotate ID',
  async run({ words, configuration, print }) {
    const id = needed(deviceRotate, 'the device id', words[0])
    await withRegistry(configuration(), async (registry) => {
      const rotated = await registry.rotateDevice(id)
      if (rotated === undefined) throw unknownDevice(id)
      print(`new secret of ${id}, shown this once:\n\n    ${rotated.secret}\n`)
    })
    return 0
  },
}

export const deviceRevoke: Command = {
  name: 'device revoke',
  summary: 'shut a device out, at once and for good',
  usage: 'device revoke ID',
  async run({ words, configuration, print }) {
    const id = needed(deviceRevoke, 'the device id', words[0])
    await withRegistry(configuration(), async (registry) => {
      if ((await registry.revokeDevice(id)) === undefined) throw unknownDevice(id)
      print(`device ${id} is revoked; a running program closes its connection within a second`)
    })
    return 0
  },
}

function unknownDevice(id: string): Refusal {
  return new Refusal('DEVICE_UNKNOWN', `there is no device "${id}": see \`lengthsman device list\``)
}

function publishLine({ host, mqttPort }: Configuration, id: string, secret: string, sensor: string): string {
  const reach = host === '0.0.0.0' ? 'localhost' : host
  return `mosquitto_pub -h ${reach} -p ${mqttPort} -q 1 -i ${id} -u ${id} -P ${secret} -t telemetry/${sensor} -m 1.0`
}
