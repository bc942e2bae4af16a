import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, test } from '@jest/globals'
import { connect, type IClientOptions, type IConnackPacket, type IPublishPacket, type MqttClient } from 'mqtt'
import type { Broker } from '../../broker/index.ts'
import { defaultLimits } from '../../broker/limits.ts'
import { lengthBytes, packet, RawClient, text } from './support/raw.ts'
import { afterwards, connected, device, host, secretOf, testBroker, until } from './support/test-broker.ts'

/*
 * MQTT 5, by real clients and by bytes. A `[MQTT-…]` here is a conformance statement of MQTT 5.0.
 */
const gate = device('gate-1', ['pump-01'], ['status/gate-2', 'alarms/pump-01'])
const other = device('gate-2', ['pump-02'], ['status/gate-1'])
const topic = 'telemetry/pump-01/flow'

function connected5(broker: Broker, id: string, options: IClientOptions = {}): Promise<MqttClient> {
  return connected(broker, id, { protocolVersion: 5, ...options })
}

/** The reason code and text with which a publish is refused. */
async function refusalOf(publishing: Promise<unknown>): Promise<{ code: number; message: string }> {
  try {
    await publishing
  } catch (error) {
    return { code: (error as { code: number }).code, message: (error as Error).message }
  }
  throw new Error('it was not refused')
}

/** A property block with its length before it. */
function properties(...parts: (Buffer | number[])[]): Buffer {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part)))
  return Buffer.concat([Buffer.from(lengthBytes(body.length)), body])
}

const noProperties = properties()

type Connect5 = {
  readonly flags?: number
  readonly connectProperties?: Buffer
  readonly clientId?: string | Buffer
  readonly will?: readonly [Buffer, string, string]
  readonly password?: string
  readonly keepalive?: number
}

function connect5(id: string, fields: Connect5 = {}): Buffer {
  const { flags = 0b1100_0010, connectProperties = noProperties, clientId = id, will, keepalive = 60 } = fields
  const parts = [text('MQTT'), Buffer.from([5, flags, 0, keepalive]), connectProperties, text(clientId)]
  if (will !== undefined) parts.push(will[0], text(will[1]), text(will[2]))
  if (flags & 0x80) parts.push(text(id))
  if (flags & 0x40) parts.push(text(fields.password ?? secretOf(id)))
  return packet(0x10, ...parts)
}

function publish5(name: string, payload: string, identifier = 1, own: Buffer = noProperties, first = 0x32): Buffer {
  const numbered = first & 6 ? [identifier >> 8, identifier & 0xff] : []
  return packet(first, text(name), numbered, own, Buffer.from(payload))
}

/** Logged in, with the CONNACK taken away. */
async function loggedIn5(broker: Broker, id: string, fields: Connect5 = {}) {
  const client = await RawClient.open(broker)
  client.send(connect5(id, fields))
  const answer = await client.answers(5)
  if (answer[3] !== 0) throw new Error(`CONNACK ${answer.toString('hex')}`)
  client.answer = Buffer.alloc(0)
  return client
}

describe('a device that speaks MQTT 5', () => {
  test.each([0, 1, 2] as const)('publishes with QoS %i, with properties of all kinds', async (qos) => {
    const broker = await testBroker([gate])
    const client = await connected5(broker, 'gate-1')
    const own = {
      userProperties: { firmware: '2.1', site: ['north', 'spare'] },
      contentType: 'application/json',
      messageExpiryInterval: 60,
      payloadFormatIndicator: true,
      responseTopic: 'errors/gate-1',
      correlationData: Buffer.from('17'),
    }
    const answer = await client.publishAsync(topic, '{"value":3.2}', { qos, properties: own })
    await until(() => broker.received.length === 1)
    expect(broker.received[0]).toMatchObject({ device: 'gate-1', topic })
    expect(Buffer.from(broker.received[0]?.payload ?? []).toString()).toBe('{"value":3.2}')
    if (qos === 1) expect((answer as { reasonCode?: number } | undefined)?.reasonCode ?? 0).toBe(0)
  })

  test('publishes by topic alias, thousands to a chunk, each acknowledged after it is kept', async () => {
    const broker = await testBroker([gate], { limits: { unreleasedPerDeviceMax: 3_000 } })
    const client = await loggedIn5(broker, 'gate-1')
    const alias = properties([35, 0, 7])
    const many = Array.from({ length: 3_000 }, (_, index) =>
      publish5(index === 0 ? topic : '', String(index), index + 1, alias),
    )
    client.send(Buffer.concat(many))
    const answer = await client.answers(12_000)
    expect(broker.received.map(({ topic: name, payload }) => `${name} ${Buffer.from(payload)}`)).toEqual(
      many.map((_, index) => `${topic} ${index}`),
    )
    expect(answer.readUInt16BE(answer.length - 2)).toBe(3_000)
  })

  test('is told what the broker does, and what it does not', async () => {
    const broker = await testBroker([gate])
    const client = connect({
      host,
      port: broker.port,
      protocolVersion: 5,
      clientId: '',
      username: 'gate-1',
      password: secretOf('gate-1'),
      keepalive: 9_000,
      reconnectPeriod: 0,
      properties: { sessionExpiryInterval: 3_600 },
    })
    const connack = await new Promise<IConnackPacket>((resolve) => client.once('connect', resolve))
    afterwards(() => client.endAsync(true))
    expect(connack.sessionPresent).toBe(false)
    expect(connack.properties).toMatchObject({
      sessionExpiryInterval: 0,
      receiveMaximum: defaultLimits.unreleasedPerDeviceMax,
      maximumPacketSize: defaultLimits.publishBytesMax + 5,
      topicAliasMaximum: defaultLimits.topicAliasesMax,
      assignedClientIdentifier: 'gate-1',
      serverKeepAlive: defaultLimits.keepaliveSecondsMax,
      sharedSubscriptionAvailable: false,
    })
  })
})

describe('a no of MQTT 5 says why, and ends no more than it must', () => {
  test.each([
    ['wrong secret', { password: 'guess' }, 0x87, 'unknown device, wrong secret, or revoked'],
    ['unknown device', { username: 'gate-9' }, 0x87, 'unknown device, wrong secret, or revoked'],
    ['the client id of another', { clientId: 'gate-2' }, 0x85, 'the client id is not the id of the device'],
    ['a will on another topic', { will: { topic: 'x', payload: 'y' } }, 0x87, 'its will is not on status/gate-1'],
    ['enhanced authentication', { properties: { authenticationMethod: 'SCRAM' } }, 0x8c, 'no enhanced authentication'],
  ])('CONNECT with %s', async (_name, options, code, why) => {
    const broker = await testBroker([gate, other])
    const client = connect({
      host,
      port: broker.port,
      protocolVersion: 5,
      clientId: 'gate-1',
      username: 'gate-1',
      password: secretOf('gate-1'),
      reconnectPeriod: 0,
      ...(options as IClientOptions),
    })
    afterwards(() => client.endAsync(true))
    let reasonString: string | undefined
    client.on('packetreceive', (packet) => {
      if (packet.cmd === 'connack') reasonString = packet.properties?.reasonString
    })
    const error = await new Promise<Error>((resolve) => client.once('error', resolve))
    expect((error as { code?: unknown }).code).toBe(code)
    expect(reasonString).toContain(why)
  })

  test.each([1, 2] as const)('a denied publish of QoS %i is answered, and the connection stays', async (qos) => {
    const broker = await testBroker([gate])
    const client = await connected5(broker, 'gate-1')
    const { code } = await refusalOf(client.publishAsync('telemetry/pump-02/flow', '1', { qos, retain: true }))
    expect(code).toBe(0x87)
    await client.publishAsync(topic, '2', { qos })
    expect(broker.received.map(({ topic: name }) => name)).toEqual([topic])
    expect(broker.stats().aclDenied).toBe(1)
  })

  test('the reason is written out, unless the client wants none [MQTT-3.1.2-29]', async () => {
    const broker = await testBroker([gate])
    const told = await loggedIn5(broker, 'gate-1')
    told.send(publish5('telemetry/pump-02/flow', '1'))
    expect((await told.answers(6)).toString('latin1')).toContain('"pump-02" is not an asset of device "gate-1"')
    told.socket.destroy()
    await until(() => broker.connectedCount() === 0)
    const untold = await loggedIn5(broker, 'gate-1', { connectProperties: properties([23, 0]) })
    untold.send(publish5('telemetry/pump-02/flow', '1'))
    expect((await untold.answers(6)).toString('hex')).toBe('400400018700')
  })

  test('a payload said to be UTF-8 that is not: 0x99, and nothing is received', async () => {
    const broker = await testBroker([gate])
    const client = await loggedIn5(broker, 'gate-1')
    const bytes = Buffer.concat([publish5(topic, '', 5, properties([1, 1])), Buffer.from([0xc3, 0x28])])
    bytes[1] = (bytes[1] ?? 0) + 2
    client.send(bytes)
    const answer = await client.answers(6)
    expect([answer[0], answer[3], answer[4]]).toEqual([0x40, 5, 0x99])
    client.send(publish5(topic, '1', 6))
    await until(() => broker.received.length === 1)
  })

  test('each filter of a SUBSCRIBE has its own code, in their order', async () => {
    const broker = await testBroker([gate])
    const client = await loggedIn5(broker, 'gate-1')
    const filters = ['errors/gate-1', 'errors/gate-2', '$share/g/errors/gate-1', 'alarms/pump-01', 'errors/gate-1']
    client.send(packet(0x82, [0, 9], noProperties, ...filters.flatMap((filter) => [text(filter), [1]])))
    expect((await client.answers(10)).toString('hex')).toBe('90080009000187' + '9e0101')
    client.answer = Buffer.alloc(0)
    client.send(packet(0xa2, [0, 10], noProperties, text('errors/gate-1'), text('errors/gate-2')))
    expect((await client.answers(7)).toString('hex')).toBe('b005000a000011')
  })

  test.each([
    ['a second connection of the device', 0x8e],
    ['a revocation', 0x98],
    ['the end of the broker', 0x8b],
    ['silence', 0x8d],
  ])('%s: a DISCONNECT says so', async (name, code) => {
    const broker = await testBroker([gate])
    const client = await loggedIn5(broker, 'gate-1', { keepalive: name === 'silence' ? 1 : 60 })
    if (code === 0x8e) await connected5(broker, 'gate-1')
    if (code === 0x98) broker.disconnect('gate-1')
    if (code === 0x8b) await broker.close()
    const answer = await client.closes()
    expect([answer[0], answer[2]]).toEqual([0xe0, code])
  })
})

describe('what MQTT 5 forbids ends the connection with its reason', () => {
  const alias = (number: number) => properties([35, number >> 8, number & 0xff])
  const cases: [name: string, clause: string, bytes: Buffer, code: number][] = [
    ['topic alias 0', 'MQTT-3.3.2-8', publish5(topic, '1', 1, alias(0)), 0x94],
    ['a topic alias above the maximum', 'MQTT-3.3.2-9', publish5(topic, '1', 1, alias(33)), 0x94],
    ['a topic alias never set', 'MQTT-3.3.2-8', publish5('', '1', 1, alias(3)), 0x82],
    ['neither topic nor alias', 'MQTT-4.7.3-1', publish5('', '1'), 0x82],
    ['a wildcard in the topic', 'MQTT-3.3.2-2', publish5('telemetry/+/flow', '1'), 0x90],
    ['a wildcard in the response topic', 'MQTT-3.3.2-14', publish5(topic, '1', 1, properties([8], text('a/#'))), 0x82],
    ['U+0000 in the topic', 'MQTT-1.5.4-2', publish5('telemetry/pump-01/f\u0000', '1'), 0x81],
    ['packet identifier 0', 'MQTT-2.2.1-3', publish5(topic, '1', 0), 0x82],
    ['a property twice', 'MQTT-2.2.2', publish5(topic, '1', 1, properties([1, 0, 1, 0])), 0x82],
    ['a property that there is not', 'MQTT-2.2.2', publish5(topic, '1', 1, properties([99, 0])), 0x81],
    ['a property of another packet', 'MQTT-2.2.2', publish5(topic, '1', 1, properties([33, 0, 1])), 0x82],
    ['properties longer than the packet', 'MQTT-2.2.2', publish5(topic, '', 1, Buffer.from([40])), 0x81],
    ['QoS 3', 'MQTT-3.3.1-4', publish5(topic, '1', 1, noProperties, 0x36), 0x81],
    ['subscription identifier 0', 'MQTT-3.8.2', packet(0x82, [0, 1], properties([11, 0]), text('a'), [0]), 0x82],
    ['SUBSCRIBE without a filter', 'MQTT-3.8.3-2', packet(0x82, [0, 1], properties([38], text('a'), text('b'))), 0x82],
    ['reserved bits of a subscription', 'MQTT-3.8.3-5', packet(0x82, [0, 1], noProperties, text('a'), [0x40]), 0x81],
    ['retain handling 3', 'MQTT-3.8.3-5', packet(0x82, [0, 1], noProperties, text('a'), [0x30]), 0x82],
    ['no local on a share', 'MQTT-3.8.3-4', packet(0x82, [0, 1], noProperties, text('$share/a/b'), [4]), 0x82],
    ['a filter that is none', 'MQTT-4.7.1-1', packet(0x82, [0, 1], noProperties, text('a#'), [0]), 0x8f],
    ['AUTH', 'MQTT-4.12.0-1', packet(0xf0, [0x18, 0]), 0x82],
    ['a second CONNECT', 'MQTT-3.1.0-2', connect5('gate-1'), 0x81],
    ['a session expiry only at the end', 'MQTT-3.1.2-23', packet(0xe0, [0], properties([17, 0, 0, 0, 9])), 0x82],
    [
      'a packet too large',
      'MQTT-3.2.2-15',
      Buffer.from([0x32, ...lengthBytes(defaultLimits.publishBytesMax + 9)]),
      0x95,
    ],
    ['PINGREQ with a body', 'MQTT-4.13.1-1', packet(0xc0, [1]), 0x95],
  ]
  test.each(cases)('%s [%s]', async (_name, _clause, bytes, code) => {
    const broker = await testBroker([gate])
    const client = await loggedIn5(broker, 'gate-1')
    client.send(bytes)
    const answer = await client.closes()
    expect(answer.toString('hex').slice(0, 2)).toBe('e0')
    expect(answer[2]).toBe(code)
    expect(broker.received).toEqual([])
  })

  test.each([
    ['a reserved flag', connect5('gate-1', { flags: 0b1100_0011 }), 0x81],
    ['a will of QoS 3', connect5('gate-1', { flags: 0b1101_1110, will: [noProperties, 'status/gate-1', 'x'] }), 0x81],
    ['a receive maximum of 0', connect5('gate-1', { connectProperties: properties([33, 0, 0]) }), 0x82],
    ['a maximum packet size of 0', connect5('gate-1', { connectProperties: properties([39, 0, 0, 0, 0]) }), 0x82],
    ['data for no method', connect5('gate-1', { connectProperties: properties([22, 0, 1, 7]) }), 0x82],
    ['a client id that is not UTF-8', connect5('gate-1', { clientId: Buffer.from([0xc3, 0x28]) }), 0x81],
    ['a wildcard in the will', connect5('gate-1', { flags: 0b1100_0110, will: [noProperties, 'a/#', 'x'] }), 0x90],
  ])('CONNECT with %s is answered and closed', async (_name, bytes, code) => {
    const broker = await testBroker([gate])
    const client = await RawClient.open(broker)
    client.send(bytes)
    const answer = await client.closes()
    expect([answer[0], answer[2], answer[3]]).toEqual([0x20, 0, code])
  })

  test('more messages unacknowledged than the receive maximum [MQTT-3.3.4-7]', async () => {
    const broker = await testBroker([gate], { limits: { inFlightPerDeviceMax: 5 } })
    const client = await loggedIn5(broker, 'gate-1')
    // QoS 2, whose PUBREL is never sent.
    for (let identifier = 1; identifier <= 6; identifier += 1) {
      client.send(publish5('status/gate-1', '1', identifier, noProperties, 0x34))
      if (identifier <= 5) await client.answers(4 * identifier)
    }
    const answer = await client.closes()
    expect(answer.subarray(0, 20).toString('hex')).toBe('5002000150020002500200035002000450020005')
    expect([answer[20], answer[22]]).toEqual([0xe0, 0x93])
  })
})

describe('what a client of MQTT 5 asks for is kept to', () => {
  test('no more unacknowledged than it takes, and the rest afterwards in its order [MQTT-3.3.4-9]', async () => {
    const broker = await testBroker([gate])
    const client = await loggedIn5(broker, 'gate-1', { connectProperties: properties([33, 0, 2]) })
    client.send(packet(0x82, [0, 9], noProperties, text('errors/gate-1'), [1]))
    await client.answers(6)
    client.answer = Buffer.alloc(0)
    for (const word of ['one', 'two', 'three', 'four', 'five']) broker.publish('errors/gate-1', word)
    const size = packet(0x32, text('errors/gate-1'), [0, 1, 0], Buffer.from('one')).length
    await client.answers(2 * size)
    await new Promise((resolve) => setTimeout(resolve, 30))
    expect(client.answer.toString('latin1')).not.toContain('three')
    const identifier = client.answer.readUInt16BE(2 + 2 + 'errors/gate-1'.length)
    client.send(packet(0x40, [identifier >> 8, identifier & 0xff]))
    await until(() => client.answer.includes('three'))
    expect(client.answer.toString('latin1')).not.toContain('four')
  })

  test('a client that acknowledges nothing is closed when too much waits for it', async () => {
    const broker = await testBroker([gate], { limits: { unsentBytesMax: 10_000 } })
    const client = await loggedIn5(broker, 'gate-1', { connectProperties: properties([33, 0, 1]) })
    client.send(packet(0x82, [0, 9], noProperties, text('errors/gate-1'), [1]))
    await client.answers(6)
    for (let count = 0; count < 20; count += 1) broker.publish('errors/gate-1', 'x'.repeat(1_000))
    const answer = await client.closes()
    expect(answer.includes(Buffer.from([0x97]))).toBe(true)
    expect(broker.stats().slowReaders).toBe(1)
  })

  test('nothing larger than it takes [MQTT-3.1.2-24]', async () => {
    const broker = await testBroker([gate])
    const client = await connected5(broker, 'gate-1', { properties: { maximumPacketSize: 100 } })
    const heard: string[] = []
    client.on('message', (_topic, payload) => heard.push(payload.toString()))
    await client.subscribeAsync('errors/gate-1', { qos: 1 })
    broker.publish('errors/gate-1', 'x'.repeat(200))
    broker.publish('errors/gate-1', 'small')
    await until(() => heard.length > 0)
    expect(heard).toEqual(['small'])
  })

  test('what is published with a message is passed on, less the time it has waited', async () => {
    const broker = await testBroker([gate, other])
    const listener = await connected5(broker, 'gate-1')
    const packets: IPublishPacket[] = []
    listener.on('message', (_topic, _payload, packet) => packets.push(packet))
    await listener.subscribeAsync('status/gate-2', { qos: 1 })
    const speaker = await connected5(broker, 'gate-2')
    const own = { userProperties: { firmware: '2.1' }, contentType: 'text/plain', messageExpiryInterval: 30 }
    await speaker.publishAsync('status/gate-2', 'online', { qos: 1, properties: own })
    await until(() => packets.length === 1)
    expect(packets[0]?.properties).toEqual(own)
    const old = await connected(broker, 'gate-2', { clientId: 'gate-2' })
    await old.publishAsync('status/gate-2', 'plain', { qos: 1 })
    await until(() => packets.length === 2)
    expect(packets[1]?.properties ?? {}).toEqual({})
  })

  test('retain handling and no local are as subscribed', async () => {
    const both = device('gate-1', [], ['status/gate-1', 'status/gate-2'])
    const broker = await testBroker([both, other])
    const speaker = await connected5(broker, 'gate-2')
    await speaker.publishAsync('status/gate-2', 'online', { qos: 1, retain: true })
    const client = await connected5(broker, 'gate-1')
    const heard: string[] = []
    client.on('message', (name, payload) => heard.push(`${name} ${payload}`))
    await client.subscribeAsync('status/gate-2', { qos: 1, rh: 2 })
    await client.subscribeAsync('status/gate-1', { qos: 1, nl: true })
    await client.publishAsync('status/gate-1', 'own', { qos: 1 })
    await speaker.publishAsync('status/gate-2', 'busy', { qos: 1 })
    await until(() => heard.length > 0)
    expect(heard).toEqual(['status/gate-2 busy'])
    await client.subscribeAsync('status/gate-2', { qos: 1, rh: 0 })
    await until(() => heard.includes('status/gate-2 online'))
  })

  test.each([
    ['DISCONNECT 0 discards the will', [0], []],
    ['DISCONNECT 4 has it published [MQTT-3.14.4-3]', [4], ['offline']],
  ])('%s', async (_name, body, said) => {
    const words: string[] = []
    const broker = await testBroker([gate], { onStatus: (_id, payload) => words.push(payload) })
    const will = [properties([24, 0, 0, 0, 9]), 'status/gate-1', 'offline'] as const
    const client = await loggedIn5(broker, 'gate-1', { flags: 0b1100_0110, will })
    client.send(packet(0xe0, body))
    await client.closes()
    await until(() => broker.connectedCount() === 0)
    await new Promise((resolve) => setImmediate(resolve))
    expect(words).toEqual(said)
  })
})

describe('mosquitto’s own clients', () => {
  const run = promisify(execFile)
  const login = (port: number, id: string) => [
    '-V',
    '5',
    '-h',
    host,
    '-p',
    String(port),
    '-i',
    id,
    '-u',
    id,
    '-P',
    secretOf(id),
  ]
  const installed = run('mosquitto_pub', ['--help']).then(
    () => true,
    (error: { code?: unknown }) => error.code !== 'ENOENT',
  )

  test('mosquitto_pub publishes with user properties, mosquitto_sub hears', async () => {
    if (!(await installed)) return
    const broker = await testBroker([gate, other])
    const port = broker.port
    const extra = ['-D', 'publish', 'user-property', 'site', 'north', '-D', 'connect', 'session-expiry-interval', '60']
    await run('mosquitto_pub', [...login(port, 'gate-1'), '-t', topic, '-m', '3.2', '-q', '1', ...extra])
    await run('mosquitto_pub', [...login(port, 'gate-1'), '-t', topic, '-m', '3.3', '-q', '2', ...extra])
    expect(broker.received).toHaveLength(2)
    const listening = run('mosquitto_sub', [...login(port, 'gate-1'), '-t', 'status/gate-2', '-q', '1', '-C', '1'])
    await until(() => broker.isConnected('gate-1'))
    const said = setInterval(() => broker.publish('status/gate-2', 'online'), 20)
    afterwards(() => clearInterval(said))
    expect((await listening).stdout.trim()).toBe('online')
    const denied = run('mosquitto_pub', [...login(port, 'gate-1'), '-t', 'telemetry/pump-02', '-m', '1', '-q', '1'])
    const { stderr } = await denied.catch((error: { stderr: string }) => error)
    expect(stderr).toMatch(/not authori[sz]ed/i)
  })
})
