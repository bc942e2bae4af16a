import { describe, expect, test } from '@jest/globals'
import { judgePublish, judgeSubscribe } from '../../broker/permissions.ts'
import { connectPacket, packet, publishPacket, RawClient, subscribePacket, text } from './support/raw.ts'
import { closing, connected, device, heard, secretOf, testBroker, turn, until } from './support/test-broker.ts'

const pumps = device('pumps', ['pump-01', 'pump-02'])
const lights = device('lights', ['light-001'])
const tablet = device(
  'tablet',
  [],
  ['tickets/mechanical', 'alarms/+', 'status/pumps', 'telemetry/#', '#', '$SYS/#', '$share/a/tickets/#'],
)
const devices = [pumps, lights, tablet]
const assets = ['pump-01', 'pump-02', 'light-001']

describe('who may publish where', () => {
  test.each(devices.flatMap((one) => assets.map((asset) => [one.id, asset] as const)))(
    '%s for %s: only the owner',
    async (id, asset) => {
      const owner = devices.find((one) => one.id === id)
      const broker = await testBroker(devices)
      for (const topic of [`telemetry/${asset}`, `telemetry/${asset}/flow`]) {
        const client = await RawClient.loggedIn(broker, id)
        client.send(publishPacket(topic, '1', 9))
        const mine = owner?.assets.includes(asset)
        expect((mine ? await client.answers(4) : await client.closes()).toString('hex')).toBe(mine ? '40020009' : '')
        expect(broker.received.length > 0).toBe(mine)
        client.socket.destroy()
      }
    },
  )

  test.each(devices.flatMap((one) => devices.map((other) => [one.id, other.id] as const)))(
    '%s as status/%s: only its own',
    async (id, other) => {
      const said: string[] = []
      const broker = await testBroker(devices, { onStatus: (who, payload) => said.push(`${who} ${payload}`) })
      const client = await RawClient.loggedIn(broker, id)
      client.send(publishPacket(`status/${other}`, 'online', 9))
      const answer = id === other ? await client.answers(4) : await client.closes()
      expect(answer.toString('hex')).toBe(id === other ? '40020009' : '')
      expect(said).toEqual(id === other ? [`${id} online`] : [])
    },
  )

  test.each([
    'telemetry',
    'telemetry/',
    'telemetry//flow',
    'telemetry/pump-01/',
    'telemetry/pump-01/flow/more',
    '/telemetry/pump-01',
    'Telemetry/pump-01',
    'telemetry/pump-01x',
    'status',
    'status/pumps/x',
    'errors/pumps',
    'tickets/mechanical',
    'alarms/pump-01',
    '$SYS/x/new/clients',
    'pump-01',
    `telemetry/pump-01/${'x'.repeat(300)}`,
  ])('nobody publishes on %s', (topic) => {
    expect(judgePublish(pumps, topic).kind).toBe('denied')
  })

  test('a device that listens is told what was denied, why, and where it may publish, before the close', async () => {
    const broker = await testBroker(devices)
    const client = await connected(broker, 'pumps')
    const messages = heard(client)
    await client.subscribeAsync('errors/pumps', { qos: 1 })
    const closed = closing(client)
    client.publish('telemetry/light-001/power', '1', { qos: 1 })
    client.publish('telemetry/light-001/current', '1', { qos: 1 })
    await closed
    expect(messages.map(({ topic, payload }) => [topic, JSON.parse(payload)])).toEqual([
      [
        'errors/pumps',
        {
          code: 'PUBLISH_DENIED',
          device: 'pumps',
          topic: 'telemetry/light-001/power',
          reason: '"light-001" is not an asset of device "pumps"',
          mayPublish: [
            'telemetry/pump-01',
            'telemetry/pump-01/{quantity}',
            'telemetry/pump-02',
            'telemetry/pump-02/{quantity}',
            'status/pumps',
          ],
          at: '2026-05-04T10:00:00.000Z',
        },
      ],
    ])
    expect(broker.received).toEqual([])
    expect(broker.stats().aclDenied).toBe(1)
  })
})

describe('who may subscribe to what', () => {
  test.each(devices.flatMap((one) => devices.map((other) => [one.id, other.id] as const)))(
    '%s to errors/%s: only its own',
    async (id, other) => {
      const broker = await testBroker(devices)
      const client = await RawClient.loggedIn(broker, id)
      client.send(subscribePacket(`errors/${other}`))
      expect((await client.answers(5)).toString('hex')).toBe(id === other ? '9003000701' : '9003000780')
    },
  )

  test.each([
    ['tickets/mechanical', 'granted'],
    ['alarms/+', 'granted'],
    ['status/pumps', 'granted'],
    ['tickets/+', 'denied'],
    ['tickets/electrical', 'denied'],
    ['alarms/pump-01', 'denied'],
    ['status/+', 'denied'],
    // Granted by mistake, and denied all the same.
    ['telemetry/#', 'denied'],
    ['#', 'denied'],
    ['$SYS/#', 'denied'],
    ['$share/a/tickets/#', 'denied'],
    ['+/mechanical', 'denied'],
    ['a#', 'malformed'],
    ['a+/b', 'malformed'],
    ['#/a', 'malformed'],
  ])('a tablet with granted filters to %s: %s', (filter, verdict) => {
    expect(judgeSubscribe(tablet, filter)).toBe(verdict)
  })

  test('one denied filter does not take the others with it [MQTT-3.9.3-2]', async () => {
    const broker = await testBroker(devices)
    const client = await RawClient.loggedIn(broker, 'tablet')
    const filters = ['tickets/mechanical', '#', 'errors/tablet'].flatMap((filter) => [text(filter), [1]])
    client.send(packet(0x82, [0, 7], ...filters))
    expect((await client.answers(7)).toString('hex')).toBe('90050007018001')
  })

  test('what we publish reaches who is subscribed to it, and nobody else', async () => {
    const broker = await testBroker(devices)
    const client = await connected(broker, 'tablet')
    const messages = heard(client)
    await client.subscribeAsync('tickets/mechanical', { qos: 1 })
    broker.publish('tickets/mechanical', '{"number":7}')
    broker.publish('tickets/electrical', '{"number":8}')
    broker.publish('alarms/pump-01', '{}')
    await until(() => messages.length > 0)
    await turn(client, 'tablet')
    expect(messages).toEqual([{ topic: 'tickets/mechanical', payload: '{"number":7}', retain: false }])
  })
})

describe('retained messages', () => {
  test('a status may be retained, telemetry is received but never retained', async () => {
    const broker = await testBroker(devices)
    const client = await connected(broker, 'pumps')
    await client.publishAsync('status/pumps', 'online', { qos: 1, retain: true })
    await client.publishAsync('telemetry/pump-01/flow', '1', { qos: 1, retain: true })
    const reader = await connected(broker, 'tablet')
    const messages = heard(reader)
    await reader.subscribeAsync('status/pumps', { qos: 1 })
    await until(() => messages.length > 0)
    expect(messages).toEqual([{ topic: 'status/pumps', payload: 'online', retain: true }])
    expect(broker.received).toHaveLength(1)
  })

  test('ours may be retained for who subscribes later', async () => {
    const broker = await testBroker(devices)
    broker.publish('alarms/pump-01', '{"state":"firing"}', { retain: true })
    const reader = await connected(broker, 'tablet')
    const messages = heard(reader)
    await reader.subscribeAsync('alarms/+', { qos: 1 })
    await until(() => messages.length > 0)
    expect(messages).toEqual([{ topic: 'alarms/pump-01', payload: '{"state":"firing"}', retain: true }])
  })

  test('a status of more than a kilobyte is denied', async () => {
    const broker = await testBroker(devices)
    const client = await RawClient.loggedIn(broker, 'pumps')
    client.send(publishPacket('status/pumps', 'x'.repeat(1_025)))
    expect((await client.closes()).length).toBe(0)
  })
})

describe('logging in', () => {
  const revoked = { ...device('gone', []), revokedAt: 1 }

  test.each([
    ['an unknown device', 'nobody', {}, 5],
    ['a wrong secret', 'pumps', { password: 'guess' }, 5],
    ['no user name', 'pumps', { flags: 0b0000_0010 }, 5],
    ['a user name without a password', 'pumps', { flags: 0b1000_0010 }, 5],
    ['a revoked device', 'gone', {}, 5],
    ['the client id of another device', 'pumps', { clientId: 'lights' }, 2],
    ['a client id with something behind it', 'pumps', { clientId: 'pumps:2' }, 2],
    ['a will on the status of another', 'pumps', { will: ['status/lights', 'offline'] as const }, 5],
    ['a will as a reading', 'pumps', { will: ['telemetry/pump-01/flow', '0'] as const }, 5],
    ['a will of more than a kilobyte', 'pumps', { will: ['status/pumps', 'x'.repeat(1_025)] as const }, 5],
  ])('%s is refused', async (_name, id, fields, code) => {
    const broker = await testBroker([...devices, revoked])
    const client = await RawClient.open(broker)
    client.send(connectPacket(id, fields))
    expect((await client.closes()).toString('hex')).toBe(`200200${code.toString(16).padStart(2, '0')}`)
    expect(broker.connectedCount()).toBe(0)
    expect(broker.stats().refusedConnects).toBe(1)
  })

  test('a second connection of the device takes over from the first [MQTT-3.1.4-2]', async () => {
    const broker = await testBroker(devices)
    const first = await RawClient.loggedIn(broker, 'pumps')
    const second = await RawClient.loggedIn(broker, 'pumps')
    await first.closes()
    second.send(publishPacket('telemetry/pump-01/flow', '1', 4))
    expect((await second.answers(4)).toString('hex')).toBe('40020004')
    expect(broker.connectedCount()).toBe(1)
    second.socket.destroy()
    await until(() => !broker.isConnected('pumps'))
  })

  test('another device can not take it over', async () => {
    const broker = await testBroker(devices)
    const first = await connected(broker, 'pumps')
    const thief = await RawClient.open(broker)
    thief.send(connectPacket('lights', { clientId: 'pumps', password: secretOf('lights') }))
    await thief.closes()
    await turn(first, 'pumps')
    expect(broker.isConnected('pumps')).toBe(true)
  })

  test('a device that is disconnected is gone at once, and stays away once revoked', async () => {
    const register = [{ ...pumps }]
    const broker = await testBroker(register)
    const client = await RawClient.loggedIn(broker, 'pumps')
    register[0] = { ...pumps, revokedAt: 1 }
    broker.disconnect('pumps')
    expect((await client.closes()).length).toBe(0)
    await until(() => !broker.isConnected('pumps'))
    const again = await RawClient.open(broker)
    again.send(connectPacket('pumps'))
    expect((await again.closes()).toString('hex')).toBe('20020005')
  })
})
