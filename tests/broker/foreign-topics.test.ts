import { describe, expect, test } from '@jest/globals'
import { judgePublish, judgeSubscribe } from '../../broker/permissions.ts'
import { covers } from '../../broker/topic-filter.ts'
import type { Device } from '../../city/index.ts'
import { connectPacket, packet, publishPacket, RawClient, text } from './support/raw.ts'
import { device, testBroker, until } from './support/test-broker.ts'

const granted = (id: string, publishes: readonly string[], assets: readonly string[] = []): Device => ({
  ...device(id, assets),
  publishes,
})

const edge = granted('edge-3', ['spBv1.0/Plant1/+/edge-3/#'], ['pump-01'])
const server = granted('chirpstack', ['application/+/device/+/event/+'])
const stack = granted('tts', ['v3/my-app@ttn/devices/+/up', 'v3/my-app@ttn/devices/+/join'])
const stranger = granted('stranger', [])
const careless = granted('careless', ['#', '+/#', '$SYS/#', 'telemetry/#', 'tickets/+', 'status/other'])

describe('what a credential may publish besides its own telemetry', () => {
  test.each([
    [edge, 'spBv1.0/Plant1/NBIRTH/edge-3', 'foreign'],
    [edge, 'spBv1.0/Plant1/NDEATH/edge-3', 'foreign'],
    [edge, 'spBv1.0/Plant1/DDATA/edge-3/pump', 'foreign'],
    [edge, 'spBv1.0/Plant1/NDATA/edge-4', 'denied'],
    [edge, 'spBv1.0/Plant2/NDATA/edge-3', 'denied'],
    [edge, 'spBv1.0/Plant1/DDATA/edge-33/pump', 'denied'],
    [edge, 'spBv1.0/STATE/scada', 'denied'],
    [edge, 'telemetry/pump-01/flow', 'telemetry'],
    [edge, 'telemetry/pump-02/flow', 'denied'],
    [server, 'application/17c8/device/70b3d57ed0001234/event/up', 'foreign'],
    [server, 'application/17c8/device/70b3d57ed0001234/event/status', 'foreign'],
    [server, 'application/17c8/device/70b3d57ed0001234/command/down', 'denied'],
    [stack, 'v3/my-app@ttn/devices/pump-7/up', 'foreign'],
    [stack, 'v3/other@ttn/devices/pump-7/up', 'denied'],
    [stranger, 'spBv1.0/Plant1/NDATA/edge-3', 'denied'],
    [stranger, 'application/1/device/70b3d57ed0001234/event/up', 'denied'],
    // Grants that should never have been made open nothing of the program's own.
    [careless, 'telemetry/pump-01/flow', 'denied'],
    [careless, 'tickets/water', 'denied'],
    [careless, 'alarms/pump-01', 'denied'],
    [careless, 'errors/edge-3', 'denied'],
    [careless, 'status/other', 'denied'],
    [careless, '$SYS/x/new/clients', 'denied'],
    [careless, 'spBv1.0/+/NDATA/x', 'malformed'],
    [careless, '', 'denied'],
  ])('$id on %s: %s', (who, topic, verdict) => {
    expect(judgePublish(who as Device, topic as string).kind).toBe(verdict)
  })

  test('every device is denied what only another was granted', () => {
    const topics = new Map([
      ['edge-3', 'spBv1.0/Plant1/NDATA/edge-3'],
      ['chirpstack', 'application/1/device/70b3d57ed0001234/event/up'],
      ['tts', 'v3/my-app@ttn/devices/pump-7/up'],
    ])
    for (const who of [edge, server, stack, stranger])
      for (const [owner, topic] of topics)
        expect([who.id, topic, judgePublish(who, topic).kind]).toEqual([
          who.id,
          topic,
          owner === who.id ? 'foreign' : 'denied',
        ])
  })
})

describe('where a granted dialect may listen', () => {
  test.each([
    [edge, 'spBv1.0/Plant1/NCMD/edge-3', 'granted'],
    [edge, 'spBv1.0/Plant1/DCMD/edge-3/#', 'granted'],
    [edge, 'spBv1.0/Plant1/DCMD/edge-3/pump', 'granted'],
    [edge, 'spBv1.0/STATE/scada', 'granted'],
    [edge, 'spBv1.0/Plant1/NCMD/edge-4', 'denied'],
    [edge, 'spBv1.0/Plant1/NCMD/+', 'denied'],
    [edge, 'spBv1.0/Plant1/NCMD/#', 'denied'],
    [edge, 'spBv1.0/Plant1/NCMD/edge-3/#', 'denied'],
    [edge, 'spBv1.0/Plant1/NDATA/edge-3', 'denied'],
    [edge, 'spBv1.0/#', 'denied'],
    [edge, 'application/1/device/2/command/down', 'denied'],
    [server, 'application/+/device/+/command/+', 'granted'],
    [server, 'application/+/device/+/event/+', 'denied'],
    [stranger, 'spBv1.0/Plant1/NCMD/edge-3', 'denied'],
    [stranger, 'spBv1.0/STATE/scada', 'denied'],
  ])('$id to %s: %s', (who, filter, verdict) => {
    expect(judgeSubscribe(who as Device, filter as string)).toBe(verdict)
  })

  test('a bridge of a whole plant may command its nodes', () => {
    const bridge = granted('bridge', ['spBv1.0/Plant1/#'])
    expect(judgeSubscribe(bridge, 'spBv1.0/Plant1/NCMD/+')).toBe('granted')
    expect(judgeSubscribe(bridge, 'spBv1.0/Plant1/DCMD/+/+')).toBe('granted')
    expect(judgeSubscribe(bridge, 'spBv1.0/+/NCMD/+')).toBe('denied')
  })
})

test.each([
  ['a/#', 'a', true],
  ['a/#', 'a/b/c', true],
  ['a/+', 'a', false],
  ['a/+', 'a/', true],
  ['a/+/c', 'a/b/c', true],
  ['a/+/c', 'a/b/d', false],
  ['a', 'a/b', false],
  ['a/b', 'a', false],
  ['+', '$SYS', false],
  ['#', '$SYS/x', false],
  ['$SYS/#', '$SYS/x', true],
  ['a/+', 'a/+', true],
  ['a/b', 'a/+', false],
  ['a/+', 'a/#', false],
  ['a/#', 'a/#', true],
])('%s covers %s: %s', (filter, topic, is) => {
  expect(covers(filter, topic)).toBe(is)
})

describe('over a connection', () => {
  test('what a gateway was granted is received, acknowledged, and reaches no subscriber', async () => {
    const broker = await testBroker([edge, server])
    const client = await RawClient.loggedIn(broker, 'edge-3')
    client.send(packet(0x82, [0, 7], text('spBv1.0/Plant1/NCMD/edge-3'), [0]))
    expect((await client.answers(5)).toString('hex')).toBe('9003000700')
    client.send(publishPacket('spBv1.0/Plant1/NDATA/edge-3', 'x', 9))
    expect((await client.answers(9)).toString('hex').slice(10)).toBe('40020009')
    expect(broker.received).toMatchObject([{ device: 'edge-3', topic: 'spBv1.0/Plant1/NDATA/edge-3' }])
    const command = packet(0x30, text('spBv1.0/Plant1/NCMD/edge-3'), Buffer.from('rebirth'))
    broker.publish('spBv1.0/Plant1/NCMD/edge-3', 'rebirth')
    expect((await client.answers(9 + command.length)).subarray(9)).toEqual(command)
  })

  test('its death certificate is received when its connection breaks', async () => {
    const broker = await testBroker([edge])
    const client = await RawClient.open(broker)
    client.send(connectPacket('edge-3', { will: ['spBv1.0/Plant1/NDEATH/edge-3', 'gone'] }))
    expect((await client.answers(4)).toString('hex')).toBe('20020000')
    client.socket.destroy()
    await until(() => broker.received.length > 0)
    expect(broker.received).toMatchObject([{ device: 'edge-3', topic: 'spBv1.0/Plant1/NDEATH/edge-3' }])
  })

  test('a will on a topic that was not granted is refused', async () => {
    const broker = await testBroker([edge])
    const client = await RawClient.open(broker)
    client.send(connectPacket('edge-3', { will: ['spBv1.0/Plant1/NDEATH/edge-4', 'gone'] }))
    expect((await client.closes()).toString('hex')).toBe('20020005')
  })
})
