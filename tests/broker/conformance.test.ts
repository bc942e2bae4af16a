import { describe, expect, test } from '@jest/globals'
import {
  type ConnectFields,
  connectPacket,
  packet,
  publishPacket,
  RawClient,
  subscribePacket,
  text,
} from './support/raw.ts'
import { device, testBroker, until } from './support/test-broker.ts'

/*
 * Packets that MQTT 3.1.1 forbids, sent as raw bytes. Each must end its connection, or get the answer named, and none of
 * them may reach `receive`. A `[MQTT-…]` names the conformance statement that is broken.
 */
const broken = Buffer.from([0xc3, 0x28])
const surrogate = Buffer.from([0xed, 0xa0, 0x80])
const id = [0, 9]
const topic = 'telemetry/pump-01/flow'

const connects: [name: string, clause: string, fields: ConnectFields, answer: string][] = [
  ['protocol name MQTZ', 'MQTT-3.1.2-1', { protocol: 'MQTZ' }, ''],
  ['protocol level 6', 'MQTT-3.1.2-2', { level: 6 }, '20020001'],
  ['protocol level 4 with the bridge bit', 'MQTT-3.1.2-2', { level: 0x84 }, '20020001'],
  ['reserved connect flag', 'MQTT-3.1.2-3', { flags: 0b1100_0011 }, ''],
  ['will QoS 3', 'MQTT-3.1.2-14', { flags: 0b1101_1110, will: ['status/gate-1', 'x'] }, ''],
  ['will QoS without a will', 'MQTT-3.1.2-13', { flags: 0b1100_1010 }, ''],
  ['will retain without a will', 'MQTT-3.1.2-15', { flags: 0b1110_0010 }, ''],
  ['password without user name', 'MQTT-3.1.2-22', { flags: 0b0100_0010 }, ''],
  ['no client id, lasting session', 'MQTT-3.1.3-8', { flags: 0b1100_0000, clientId: '' }, '20020002'],
  ['U+0000 in the client id', 'MQTT-1.5.3-2', { clientId: 'gate\u0000' }, ''],
  ['client id not UTF-8', 'MQTT-3.1.3-4', { clientId: broken }, ''],
  ['surrogate in the client id', 'MQTT-1.5.3-1', { clientId: surrogate }, ''],
  ['user name not UTF-8', 'MQTT-3.1.3-11', { user: broken }, ''],
  ['will topic not UTF-8', 'MQTT-3.1.3-10', { will: [broken, 'x'] }, ''],
  ['will topic with a wildcard', 'MQTT-3.3.2-2', { will: ['status/+', 'x'] }, ''],
  ['empty will topic', 'MQTT-4.7.3-1', { will: ['', 'x'] }, ''],
  ['bytes behind the last field', 'MQTT-4.8.0-1', { tail: [1, 2, 3] }, ''],
  ['fields cut short', 'MQTT-4.8.0-1', { flags: 0b1100_0110 }, ''],
]

const firstPackets: [name: string, clause: string, bytes: Buffer][] = [
  ['PUBLISH before CONNECT', 'MQTT-3.1.0-1', publishPacket(topic, '1')],
  ['PINGREQ before CONNECT', 'MQTT-3.1.0-1', Buffer.from([0xc0, 0])],
  [
    'CONNECT with header flags',
    'MQTT-2.2.2-2',
    Buffer.concat([Buffer.from([0x11]), connectPacket('gate-1').subarray(1)]),
  ],
  ['CONNECT with a length of five bytes', 'MQTT-2.2.3', Buffer.from([0x10, 0x80, 0x80, 0x80, 0x80, 1])],
]

const laterPackets: [name: string, clause: string, bytes: Buffer][] = [
  ['a second CONNECT', 'MQTT-3.1.0-2', connectPacket('gate-1')],
  ['PUBLISH of QoS 3', 'MQTT-3.3.1-4', packet(0x36, text(topic), id, [49])],
  ['PUBLISH with DUP and QoS 0', 'MQTT-3.3.1-2', packet(0x38, text(topic), [49])],
  ['PUBLISH with + in the topic', 'MQTT-3.3.2-2', publishPacket('telemetry/pump-01/+', '1')],
  ['PUBLISH with # in the topic', 'MQTT-3.3.2-2', publishPacket('telemetry/pump-01/#', '1')],
  ['PUBLISH with an empty topic', 'MQTT-4.7.3-1', publishPacket('', '1')],
  ['PUBLISH with U+0000 in the topic', 'MQTT-1.5.3-2', publishPacket('telemetry/pump-01/fl\u0000ow', '1')],
  [
    'PUBLISH with a topic not UTF-8',
    'MQTT-3.3.2-1',
    publishPacket(Buffer.concat([Buffer.from('telemetry/pump-01/'), broken]), '1'),
  ],
  [
    'PUBLISH with a surrogate in the topic',
    'MQTT-1.5.3-1',
    publishPacket(Buffer.concat([Buffer.from('telemetry/pump-01/'), surrogate]), '1'),
  ],
  ['PUBLISH of QoS 1 with packet identifier 0', 'MQTT-2.3.1-1', publishPacket(topic, '1', 0)],
  ['PUBLISH of QoS 2 with packet identifier 0', 'MQTT-2.3.1-1', packet(0x34, text(topic), [0, 0], [49])],
  ['PUBLISH without room for its identifier', 'MQTT-2.3.1-1', packet(0x32, text(topic))],
  ['PUBLISH with a topic longer than itself', 'MQTT-4.8.0-1', packet(0x30, [0, 99], [65, 66])],
  ['SUBSCRIBE with flags 0', 'MQTT-3.8.1-1', packet(0x80, id, text('errors/gate-1'), [0])],
  ['SUBSCRIBE without a filter', 'MQTT-3.8.3-3', packet(0x82, id)],
  ['SUBSCRIBE with packet identifier 0', 'MQTT-2.3.1-1', subscribePacket('errors/gate-1', 1, 0)],
  ['SUBSCRIBE with QoS 3', 'MQTT-3.8.3-4', subscribePacket('errors/gate-1', 3)],
  ['SUBSCRIBE with reserved bits', 'MQTT-3.8.3-4', subscribePacket('errors/gate-1', 0x10)],
  ['SUBSCRIBE to an empty filter', 'MQTT-4.7.3-1', packet(0x82, id, text(''), [0], text('errors/gate-1'), [0])],
  ['SUBSCRIBE to a+/b', 'MQTT-4.7.1-3', subscribePacket('a+/b')],
  ['SUBSCRIBE to a/+b', 'MQTT-4.7.1-3', subscribePacket('a/+b')],
  ['SUBSCRIBE to a#', 'MQTT-4.7.1-2', subscribePacket('a#')],
  ['SUBSCRIBE to a/#/b', 'MQTT-4.7.1-2', subscribePacket('a/#/b')],
  ['SUBSCRIBE with U+0000 in the filter', 'MQTT-1.5.3-2', subscribePacket('errors/gate\u0000')],
  ['SUBSCRIBE with a filter not UTF-8', 'MQTT-3.8.3-1', subscribePacket(broken)],
  ['UNSUBSCRIBE with flags 0', 'MQTT-3.10.1-1', packet(0xa0, id, text('errors/gate-1'))],
  ['UNSUBSCRIBE without a filter', 'MQTT-3.10.3-2', packet(0xa2, id)],
  ['UNSUBSCRIBE with a filter not UTF-8', 'MQTT-3.10.3-1', packet(0xa2, id, text(broken))],
  ['UNSUBSCRIBE with packet identifier 0', 'MQTT-2.3.1-1', packet(0xa2, [0, 0], text('errors/gate-1'))],
  ['PUBREL with flags 0', 'MQTT-3.6.1-1', packet(0x60, id)],
  ['PUBREL with packet identifier 0', 'MQTT-2.3.1-1', packet(0x62, [0, 0])],
  ['PUBACK of three bytes', 'MQTT-4.8.0-1', packet(0x40, id, [0])],
  ['PINGREQ with a body', 'MQTT-4.8.0-1', packet(0xc0, [1])],
  ['DISCONNECT with flags', 'MQTT-3.14.1-1', packet(0xe1)],
  ['CONNACK from a client', 'MQTT-4.8.0-1', packet(0x20, [0, 0])],
  ['SUBACK from a client', 'MQTT-4.8.0-1', packet(0x90, id, [0])],
  ['UNSUBACK from a client', 'MQTT-4.8.0-1', packet(0xb0, id)],
  ['PINGRESP from a client', 'MQTT-4.8.0-1', packet(0xd0)],
  ['packet type 0', 'MQTT-2.2.1', packet(0x00)],
  ['packet type 15', 'MQTT-2.2.1', packet(0xf0)],
  ['a remaining length of five bytes', 'MQTT-2.2.3', Buffer.from([0x32, 0x80, 0x80, 0x80, 0x80, 1])],
]

const gate = device('gate-1', ['pump-01'])

describe.each(['off', 'full'] as const)('what MQTT 3.1.1 forbids is refused, anonymous: %s', (anonymous) => {
  test.each(connects)('CONNECT: %s [%s]', async (_name, _clause, fields, answer) => {
    const broker = await testBroker([gate], { anonymous })
    const client = await RawClient.open(broker)
    client.send(connectPacket('gate-1', fields))
    expect((await client.closes()).toString('hex')).toBe(answer)
    expect(broker.connectedCount()).toBe(0)
  })

  test.each(firstPackets)('%s [%s]', async (_name, _clause, bytes) => {
    const broker = await testBroker([gate], { anonymous })
    const client = await RawClient.open(broker)
    client.send(bytes)
    expect((await client.closes()).toString('hex')).toBe('')
    expect(broker.received).toEqual([])
    expect(broker.stats().malformed).toBe(1)
  })

  test.each(laterPackets)('%s [%s]', async (_name, _clause, bytes) => {
    const broker = await testBroker([gate], { anonymous })
    const client = await RawClient.loggedIn(broker, 'gate-1')
    client.send(bytes)
    expect((await client.closes()).toString('hex')).toBe('')
    expect(broker.received).toEqual([])
  })
})

describe('what MQTT 3.1.1 allows is served', () => {
  test('protocol level 3, which is MQTT 3.1', async () => {
    const broker = await testBroker([gate])
    const client = await RawClient.loggedIn(broker, 'gate-1', { protocol: 'MQIsdp', level: 3 })
    client.send(publishPacket(topic, '1', 5))
    expect((await client.answers(4)).toString('hex')).toBe('40020005')
  })

  test('no client id and a clean session: the server assigns one, that of the device [MQTT-3.1.3-6]', async () => {
    const broker = await testBroker([gate])
    await RawClient.loggedIn(broker, 'gate-1', { clientId: '' })
    expect(broker.isConnected('gate-1')).toBe(true)
  })

  test('a lasting session is accepted, and said not to be present [MQTT-3.2.2-3]', async () => {
    const broker = await testBroker([gate])
    for (const _ of [1, 2]) {
      const client = await RawClient.open(broker)
      client.send(connectPacket('gate-1', { flags: 0b1100_0000 }))
      expect((await client.answers(4)).toString('hex')).toBe('20020000')
      client.socket.destroy()
    }
  })

  test('packets cut into single bytes, and many packets in one write behind the CONNECT', async () => {
    const broker = await testBroker([gate])
    const slow = await RawClient.open(broker)
    const bytes = Buffer.concat([connectPacket('gate-1'), publishPacket(topic, '21.5', 300), Buffer.from([0xc0, 0])])
    for (const byte of bytes) {
      slow.send(Buffer.from([byte]))
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect((await slow.answers(10)).toString('hex')).toBe('200200004002012cd000')
    slow.socket.destroy()

    const eager = await RawClient.open(broker)
    const many = Array.from({ length: 500 }, (_, index) => publishPacket(topic, String(index), index + 1))
    eager.send(Buffer.concat([connectPacket('gate-1'), ...many]))
    const answer = await eager.answers(4 + 500 * 4)
    expect(answer.subarray(4).readUInt16BE(2)).toBe(1)
    expect(answer.readUInt16BE(answer.length - 2)).toBe(500)
    expect(broker.received.map(({ payload }) => Buffer.from(payload).toString()).slice(1)).toEqual(
      many.map((_, index) => String(index)),
    )
  })

  test('a logger that sends all it has in one go and hangs up is heard', async () => {
    const broker = await testBroker([gate])
    const client = await RawClient.open(broker)
    client.socket.end(Buffer.concat([connectPacket('gate-1'), packet(0x30, text(topic), [49]), packet(0xe0)]))
    await client.closes()
    expect(broker.received).toHaveLength(1)
  })

  test('DISCONNECT closes without the will, anything else with it [MQTT-3.1.2-10] [MQTT-3.1.2-8]', async () => {
    const said: string[] = []
    const broker = await testBroker([gate], { onStatus: (id, payload) => said.push(`${id} ${payload}`) })
    const will = ['status/gate-1', 'offline'] as const
    const polite = await RawClient.loggedIn(broker, 'gate-1', { will })
    polite.send(packet(0xe0))
    await polite.closes()
    expect(said).toEqual([])
    const rude = await RawClient.loggedIn(broker, 'gate-1', { will })
    rude.socket.destroy()
    await until(() => said.length > 0)
    expect(said).toEqual(['gate-1 offline'])
  })
})
