import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from '@jest/globals'
import { connectAsync } from 'mqtt'
import type { SensorId } from '../../city/index.ts'
import { startedDashboard } from '../support/started-dashboard.ts'

/*
 * A Sparkplug edge node and a ChirpStack server over real connections, from their own bytes to readings of our sensors.
 * The node's payloads were encoded by Eclipse Tahu's library.
 */

let town: Awaited<ReturnType<typeof startedDashboard>>
beforeAll(async () => {
  town = await startedDashboard()
  town.ingest.onReply(({ topic, payload }) => town.broker.publish(topic, payload))
})

type Step = { readonly topic: string; readonly hex: string }
const [story] = JSON.parse(readFileSync(join(import.meta.dirname, '../ingest/wire/cases/sparkplug.json'), 'utf8')) as {
  messages: readonly Step[]
}[]

async function loggedIn(id: string, publishes: readonly string[]) {
  const { secret } = await town.registry.addDevice({ id, title: id, assets: [], subscribes: [], publishes })
  return await connectAsync({ host: '127.0.0.1', port: town.broker.port, clientId: id, username: id, password: secret })
}

async function valuesOf(sensor: string): Promise<readonly number[]> {
  const { at } = town.clock
  const series = await town.store.series({
    sensor: sensor as SensorId,
    from: at - 86_400_000,
    to: at + 86_400_000,
    points: 100,
  })
  return series.kind === 'raw' ? [...series.value] : []
}

test('an edge node that was not heard being born is asked, answers, and its aliases mean sensors from then on', async () => {
  await town.registry.addSource({
    name: 'sparkplug:Plant1/edge-3/pump/Pressure',
    sensor: 'pump-01/pressure' as SensorId,
  })
  await town.registry.addSource({
    name: 'sparkplug:Plant1/edge-3/pump/Temperature',
    sensor: 'pump-01/vibration' as SensorId,
  })
  const node = await loggedIn('edge-3', ['spBv1.0/Plant1/+/edge-3/#'])
  await node.subscribeAsync('spBv1.0/Plant1/NCMD/edge-3', { qos: 0 })
  const asked = new Promise<Buffer>((resolve) => node.once('message', (_topic, payload) => resolve(payload)))
  const [nodeBirth, deviceBirth, data] = story?.messages ?? []
  const send = (step: Step | undefined) =>
    node.publishAsync(step?.topic ?? '', Buffer.from(step?.hex ?? '', 'hex'), { qos: 1 })

  await send(data)
  expect(await valuesOf('pump-01/vibration')).toEqual([])
  expect((await asked).toString('latin1')).toContain('Node Control/Rebirth')

  for (const step of [nodeBirth, deviceBirth, data]) await send(step)
  expect(await valuesOf('pump-01/pressure')).toEqual([3.25])
  expect(await valuesOf('pump-01/vibration')).toEqual([23.1, 23.4])
  await node.endAsync()
})

test('what ChirpStack brings is a sensor’s once it is mapped; how well it was heard is no complaint', async () => {
  const devEui = '70b3d57ed0001234'
  await town.registry.addSource({ name: `chirpstack:${devEui}/pressure`, sensor: 'pump-02/pressure' as SensorId })
  const refused: string[] = []
  town.ingest.onRefused(({ detail }) => refused.push(detail))
  const server = await loggedIn('chirpstack', ['application/+/device/+/event/+'])
  const uplink = {
    time: new Date(town.clock.at).toISOString(),
    deviceInfo: { devEui },
    fPort: 1,
    data: 'qg==',
    object: { pressure: 4.5 },
    rxInfo: [{ rssi: -71, snr: 10.5 }],
  }
  await server.publishAsync(`application/1/device/${devEui}/event/up`, JSON.stringify(uplink), { qos: 1 })
  expect(await valuesOf('pump-02/pressure')).toEqual([4.5])
  expect(refused).toEqual([])
  await server.endAsync()
})
