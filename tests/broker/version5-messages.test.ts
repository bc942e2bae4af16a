import { describe, expect, test } from '@jest/globals'
import type { IClientOptions, IPublishPacket, MqttClient } from 'mqtt'
import type { Broker } from '../../broker/index.ts'
import type { Message } from '../../ingest/wire/index.ts'
import { packet, RawClient, text } from './support/raw.ts'
import { connected, device, secretOf, testBroker, until } from './support/test-broker.ts'

/*
 * What messages of MQTT 5 carry on their way through a core that speaks 3.1.1, and what becomes of those that are of no
 * use. A `[MQTT-…]` here is a conformance statement of MQTT 5.0.
 */
const listener = device('gate-1', ['pump-01'], ['status/gate-2', 'alarms/#', 'alarms/+'])
const speaker = device('gate-2', ['pump-02'])
const topic = 'telemetry/pump-01/flow'

function connected5(broker: Broker, id: string, options: IClientOptions = {}): Promise<MqttClient> {
  return connected(broker, id, { protocolVersion: 5, ...options })
}

function packetsOf(client: MqttClient): IPublishPacket[] {
  const packets: IPublishPacket[] = []
  client.on('message', (_topic, _payload, one) => packets.push(one))
  return packets
}

const userOf = ({ properties }: IPublishPacket) => ({ ...properties?.userProperties })

describe('what a message carries', () => {
  test.each([0, 1, 2] as const)('an empty one of QoS %i has its own properties, the next one has not', async (qos) => {
    const broker = await testBroker([listener, speaker])
    const client = await connected5(broker, 'gate-1')
    const packets = packetsOf(client)
    await client.subscribeAsync('status/gate-2', { qos })
    const gate = await connected5(broker, 'gate-2')
    await gate.publishAsync('status/gate-2', '', { qos, properties: { userProperties: { of: 'the first' } } })
    await gate.publishAsync('status/gate-2', '', { qos })
    await gate.publishAsync('status/gate-2', 'x', { qos, properties: { userProperties: { of: 'the third' } } })
    await until(() => packets.length === 3)
    expect(packets.map(userOf)).toEqual([{ of: 'the first' }, {}, { of: 'the third' }])
    expect(packets.map(({ payload }) => `${payload}`)).toEqual(['', '', 'x'])
  })

  test('a will has the properties that the CONNECT gave it', async () => {
    const broker = await testBroker([listener, speaker])
    const client = await connected5(broker, 'gate-1')
    const packets = packetsOf(client)
    await client.subscribeAsync('status/gate-2', { qos: 1 })
    const properties = { willDelayInterval: 0, contentType: 'text/plain', userProperties: { firmware: '2.1' } }
    const will = { topic: 'status/gate-2', payload: Buffer.from('offline'), qos: 1 as const, properties }
    const gate = await connected5(broker, 'gate-2', { will })
    await gate.publishAsync('status/gate-2', 'online', { qos: 1, properties: { userProperties: { other: '1' } } })
    gate.stream.destroy()
    await until(() => packets.length === 2)
    expect(packets.map(userOf)).toEqual([{ other: '1' }, { firmware: '2.1' }])
    expect(packets[1]?.properties?.contentType).toBe('text/plain')
  })

  test('the identifiers of all subscriptions it is sent for, as they stand now [MQTT-3.3.4-4]', async () => {
    const broker = await testBroker([listener])
    const client = await connected5(broker, 'gate-1')
    const packets = packetsOf(client)
    const subscribe = (filter: string, subscriptionIdentifier?: number) =>
      client.subscribeAsync(filter, {
        qos: 1,
        ...(subscriptionIdentifier && { properties: { subscriptionIdentifier } }),
      })
    const identifiers = async () => {
      const before = packets.length
      broker.publish('alarms/pump-01', '1')
      await until(() => packets.length === before + 1)
      return [packets.at(-1)?.properties?.subscriptionIdentifier ?? []].flat().sort()
    }
    await subscribe('alarms/#', 456_789)
    await subscribe('alarms/+', 2)
    expect(await identifiers()).toEqual([2, 456_789])
    await subscribe('alarms/#', 3)
    expect(await identifiers()).toEqual([2, 3])
    await subscribe('alarms/#')
    expect(await identifiers()).toEqual([2])
    await client.unsubscribeAsync('alarms/+')
    expect(await identifiers()).toEqual([])
  })

  test('its topic once, then the alias for it, no more of them than the client takes [MQTT-3.1.2-27]', async () => {
    const broker = await testBroker([listener])
    const client = await connected5(broker, 'gate-1', { properties: { topicAliasMaximum: 2 } })
    const packets = packetsOf(client)
    await client.subscribeAsync('alarms/#', { qos: 1 })
    for (const name of ['a', 'a', 'b', 'c', 'a', 'b', 'c']) broker.publish(`alarms/${name}`, name)
    await until(() => packets.length === 7)
    expect(packets.map(({ payload, properties }) => `${payload} ${properties?.topicAlias ?? '-'}`)).toEqual([
      ...['a 1', 'a 1', 'b 2', 'c -', 'a 1', 'b 2', 'c -'],
    ])
  })

  test('no alias is used before the message that sets it, which may have to wait for the window', async () => {
    const broker = await testBroker([device('gate-1', ['pump-01'], ['alarms/#'])])
    const client = await RawClient.open(broker)
    const asked = [33, 0, 1, 34, 0, 9]
    const login = [text('gate-1'), text('gate-1'), text(secretOf('gate-1'))]
    client.send(packet(0x10, text('MQTT'), [5, 0b1100_0010, 0, 60, asked.length], asked, ...login))
    await client.answers(5)
    client.send(packet(0x82, [0, 1, 0], text('alarms/#'), [1]))
    await until(() => client.answer.includes(Buffer.from([0x90, 4, 0, 1, 0, 1])))
    client.answer = Buffer.alloc(0)
    for (const name of ['x', 'y']) broker.publish(`alarms/${name}`, name)
    // Its packet identifier, which stands behind the topic, is the broker's to choose.
    const whole = (name: string, identifier: Buffer, properties: number[]) =>
      packet(0x32, text(`alarms/${name}`), identifier, [properties.length], properties, Buffer.from(name))
    const identifierOf = (bytes: Buffer) => bytes.subarray(12, 14)
    const first = await client.answers(19)
    expect(first.equals(whole('x', identifierOf(first), [35, 0, 1]))).toBe(true)
    // It waited, so it goes with its whole topic and sets nothing.
    client.send(packet(0x40, identifierOf(first)))
    const second = (await client.answers(35)).subarray(19)
    expect(second.equals(whole('y', identifierOf(second), []))).toBe(true)
  })
})

describe('a message of which nothing became a reading', () => {
  const useless = async (message: Message) => {
    if (Buffer.from(message.payload).toString() !== 'rubbish') return
    message.onRefused?.({ reason: 'not-json', detail: 'the payload is not JSON' })
  }
  const said = (publishing: Promise<unknown>) =>
    publishing.then(
      () => 'kept',
      (error: Error & { code?: number }) => `${error.code}`,
    )

  test.each([1, 2] as const)(
    'of QoS %i is answered with 0x83 and not sent again, its neighbours with 0',
    async (qos) => {
      const broker = await testBroker([listener], { receive: useless })
      const client = await connected5(broker, 'gate-1')
      const sent = ['1', 'rubbish', '2', 'rubbish'].map((payload) => said(client.publishAsync(topic, payload, { qos })))
      expect(await Promise.all(sent)).toEqual(['kept', '131', 'kept', '131'])
      expect(client.connected).toBe(true)
      expect(broker.received).toHaveLength(4)
    },
  )

  test('the reason is in words', async () => {
    const broker = await testBroker([listener], { receive: useless })
    const client = await connected5(broker, 'gate-1')
    const answers: string[] = []
    client.on('packetreceive', (one) => {
      if (one.cmd === 'puback') answers.push(`${one.properties?.reasonString}`)
    })
    await said(client.publishAsync(topic, 'rubbish', { qos: 1 }))
    expect(answers).toEqual(['the payload is not JSON'])
  })

  test('more of QoS 2 than may be unfinished at once do not block the connection', async () => {
    const broker = await testBroker([listener], { receive: useless })
    const client = await connected5(broker, 'gate-1')
    const many = Array.from({ length: 1_200 }, () => said(client.publishAsync(topic, 'rubbish', { qos: 2 })))
    expect(new Set(await Promise.all(many))).toEqual(new Set(['131']))
    expect(await said(client.publishAsync(topic, '1', { qos: 2 }))).toBe('kept')
  })

  test('is acknowledged like any other in MQTT 3.1.1, which has no word for it', async () => {
    const broker = await testBroker([listener], { receive: useless })
    const client = await connected(broker, 'gate-1')
    expect(await said(client.publishAsync(topic, 'rubbish', { qos: 1 }))).toBe('kept')
  })
})

test('as many messages of QoS 2 as the CONNACK says may be unfinished, and not one more [MQTT-3.3.4-7]', async () => {
  const broker = await testBroker([listener])
  const client = await RawClient.open(broker)
  const login = [text('gate-1'), text('gate-1'), text(secretOf('gate-1'))]
  client.send(packet(0x10, text('MQTT'), [5, 0b1100_0010, 0, 60, 0], ...login))
  const connack = await client.answers(5)
  const receiveMax = connack.readUInt16BE(connack.indexOf(33, 5) + 1)
  const publish = (id: number) => packet(0x34, text('status/gate-1'), [id >> 8, id & 0xff, 0], Buffer.from('x'))
  client.answer = Buffer.alloc(0)
  client.send(Buffer.concat(Array.from({ length: receiveMax }, (_, index) => publish(index + 1))))
  await until(() => client.answer.length === 4 * receiveMax)
  expect([receiveMax, client.closed]).toEqual([1_000, false])
  client.send(publish(receiveMax + 1))
  const answer = await client.closes()
  expect([answer[4 * receiveMax], answer[4 * receiveMax + 2]]).toEqual([0xe0, 0x93])
})

test('whoever is still sending when it is closed gets to read why', async () => {
  const broker = await testBroker([listener], { limits: { inFlightPerDeviceMax: 5 } })
  const client = await RawClient.open(broker)
  client.send(
    packet(0x10, text('MQTT'), [5, 0b1100_0010, 0, 60, 0], text('gate-1'), text('gate-1'), text(secretOf('gate-1'))),
  )
  await client.answers(5)
  // Its own status with QoS 2, whose PUBREL is never sent; it reads nothing meanwhile.
  client.socket.pause()
  const publish = (identifier: number) => packet(0x34, text('status/gate-1'), [0, identifier, 0], Buffer.from('x'))
  for (let identifier = 1; identifier <= 40; identifier += 1) {
    client.send(publish(identifier))
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
  client.socket.resume()
  const answer = await client.closes()
  const farewell = answer.indexOf(0xe0, answer.length - 80)
  expect([answer[farewell], answer[farewell + 2]]).toEqual([0xe0, 0x93])
  expect(broker.connectedCount()).toBe(0)
})

test('the plain broker refuses the one filter with 0x80, and shared ones with 0x9e', async () => {
  const broker = await testBroker([], { anonymous: 'full' })
  const client = await RawClient.open(broker)
  client.send(packet(0x10, text('MQTT'), [5, 0b10, 0, 60, 0], text('suite')))
  await client.answers(5)
  client.answer = Buffer.alloc(0)
  client.send(packet(0x82, [0, 3, 0], text('test/nosubscribe'), [2], text('any'), [1], text('$share/a/b'), [0]))
  expect((await client.answers(8)).toString('hex')).toBe('90060003008001' + '9e')
})
