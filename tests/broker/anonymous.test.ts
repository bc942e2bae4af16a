import { describe, expect, test } from '@jest/globals'
import type { IClientOptions, MqttClient } from 'mqtt'
import type { Broker, BrokerOptions } from '../../broker/index.ts'
import { connectPacket, packet, publishPacket, RawClient, subscribePacket, text } from './support/raw.ts'
import { connected, device, testBroker, until } from './support/test-broker.ts'

/*
 * `anonymous: 'full'`: a plain broker of MQTT 3.1.1. The cases are those of the public interoperability suites, in our
 * words; each runs against a broker of its own.
 */
const plain = (options: Partial<Omit<BrokerOptions, 'receive'>> = {}) =>
  testBroker([device('gate-1', ['pump-01'])], { anonymous: 'full', ...options })

type Heard = { topic: string; payload: string; qos: number; retain: boolean; dup: boolean }

async function client(
  broker: Broker,
  id: string,
  options: IClientOptions = {},
): Promise<MqttClient & { heard: Heard[] }> {
  const own = { username: undefined, password: undefined, ...options } as IClientOptions
  const heard: Heard[] = []
  const one = await connected(broker, id, own)
  one.on('message', (topic, payload, { qos, retain, dup }) => {
    heard.push({ topic, payload: payload.toString(), qos, retain, dup })
  })
  return Object.assign(one, { heard })
}

/** A CONNECT without credentials. */
const anonymousConnect = (id: string, flags = 0b0000_0010, keepalive = 60) => connectPacket(id, { flags, keepalive })

async function raw(broker: Broker, id: string, flags = 0b0000_0010): Promise<RawClient & { sessionPresent: number }> {
  const one = await RawClient.open(broker)
  one.send(anonymousConnect(id, flags))
  const answer = await one.answers(4)
  expect(answer.subarray(0, 2).toString('hex') + answer.subarray(3, 4).toString('hex')).toBe('200200')
  one.answer = Buffer.from(answer.subarray(4))
  return Object.assign(one, { sessionPresent: answer[2] ?? 0 })
}

describe('a plain broker of MQTT 3.1.1', () => {
  test('delivers what is published with QoS 0, 1 and 2, whoever asks, whatever its credentials', async () => {
    const broker = await plain()
    const one = await client(broker, 'my client', { username: 'nobody', password: 'guess' })
    await one.subscribeAsync('TopicA', { qos: 2 })
    for (const qos of [0, 1, 2] as const) await one.publishAsync('TopicA', `qos ${qos}`, { qos })
    await until(() => one.heard.length === 3)
    expect(one.heard.map(({ payload, qos }) => `${payload} as ${qos}`).sort()).toEqual([
      'qos 0 as 0',
      'qos 1 as 1',
      'qos 2 as 2',
    ])
  })

  test('closes on a second CONNECT, and on another protocol', async () => {
    const broker = await plain()
    const one = await raw(broker, 'a')
    one.send(anonymousConnect('a'))
    await one.closes()
    const other = await RawClient.open(broker)
    other.send(connectPacket('a', { flags: 2, protocol: 'hj' }))
    expect((await other.closes()).length).toBe(0)
  })

  test('retains, replaces and forgets [MQTT-3.3.1-5] [MQTT-3.3.1-10]', async () => {
    const broker = await plain()
    const one = await client(broker, 'one')
    const topics = ['TopicA/B', 'Topic/C', 'TopicA/C']
    for (const [qos, topic] of topics.entries()) {
      await one.publishAsync(topic, `qos ${qos}`, { qos: qos as 0 | 1 | 2, retain: true })
    }
    const two = await client(broker, 'two')
    await two.subscribeAsync('+/+', { qos: 2 })
    await until(() => two.heard.length === 3)
    expect(two.heard.map(({ topic, payload, qos, retain }) => [topic, payload, qos, retain]).sort()).toEqual([
      ['Topic/C', 'qos 1', 1, true],
      ['TopicA/B', 'qos 0', 0, true],
      ['TopicA/C', 'qos 2', 2, true],
    ])
    for (const [qos, topic] of topics.entries()) {
      await one.publishAsync(topic, '', { qos: qos as 0 | 1 | 2, retain: true })
    }
    const three = await client(broker, 'three')
    await three.subscribeAsync('+/+', { qos: 2 })
    await one.publishAsync('a/b', 'the last', { qos: 2 })
    await until(() => three.heard.length > 0)
    expect(three.heard.map(({ payload }) => payload)).toEqual(['the last'])
  })

  test('publishes a will when the socket breaks, and not after a DISCONNECT', async () => {
    const broker = await plain()
    const listener = await client(broker, 'listener', { clean: false })
    await listener.subscribeAsync('Topic/C', { qos: 2 })
    const polite = await client(broker, 'polite', {
      will: { topic: 'Topic/C', payload: Buffer.from('x'), qos: 2, retain: false },
    })
    await polite.endAsync()
    const will = { topic: 'Topic/C', payload: Buffer.from('client not disconnected'), qos: 2, retain: false } as const
    const rude = await client(broker, 'rude', { will, keepalive: 2 })
    rude.stream.destroy()
    await until(() => listener.heard.length > 0)
    expect(listener.heard.map(({ payload }) => payload)).toEqual(['client not disconnected'])
  })

  test('refuses an empty client id with a lasting session, and gives one for a clean session', async () => {
    const broker = await plain()
    const refused = await RawClient.open(broker)
    refused.send(anonymousConnect('', 0))
    expect((await refused.closes()).toString('hex')).toBe('20020002')
    const [one, two] = [await raw(broker, ''), await raw(broker, '')]
    one.send(Buffer.from([0xc0, 0]))
    two.send(Buffer.from([0xc0, 0]))
    expect((await one.answers(2)).toString('hex') + (await two.answers(2)).toString('hex')).toBe('d000d000')
    expect(broker.connectedCount()).toBe(2)
  })

  test('queues for a lasting session that is away, and says that it is there [MQTT-3.1.2-5] [MQTT-3.2.2-2]', async () => {
    const broker = await plain()
    const away = await raw(broker, 'away', 0)
    expect(away.sessionPresent).toBe(0)
    away.send(subscribePacket('+/+', 2))
    await away.answers(5)
    away.send(packet(0xe0))
    await away.closes()
    const speaker = await client(broker, 'speaker')
    await speaker.publishAsync('TopicA/B', 'qos 1', { qos: 1 })
    await speaker.publishAsync('TopicA/C', 'qos 2', { qos: 2 })
    const back = await raw(broker, 'away', 0)
    expect(back.sessionPresent).toBe(1)
    await until(() => back.answer.includes('qos 1') && back.answer.includes('qos 2'))
    back.socket.destroy()
    const anew = await raw(broker, 'away', 2)
    expect(anew.sessionPresent).toBe(0)
    await speaker.publishAsync('TopicA/B', 'later', { qos: 1 })
    expect(anew.answer.length).toBe(0)
  })

  test('delivers once for overlapping subscriptions, with the highest QoS', async () => {
    const broker = await plain()
    const one = await client(broker, 'one')
    await one.subscribeAsync({ 'TopicA/#': { qos: 2 }, 'TopicA/+': { qos: 1 } })
    await one.publishAsync('TopicA/C', 'overlapping', { qos: 2 })
    await one.publishAsync('TopicA/C', 'last', { qos: 0 })
    await until(() => one.heard.some(({ payload }) => payload === 'last'))
    await until(() => one.heard.some(({ payload }) => payload === 'overlapping'))
    const overlapping = one.heard.filter(({ payload }) => payload === 'overlapping').map(({ qos }) => qos)
    expect(overlapping.length === 1 ? overlapping : overlapping.sort()).toEqual(overlapping.length === 1 ? [2] : [1, 2])
  })

  test('publishes the will of a client that falls silent', async () => {
    const broker = await plain()
    const listener = await client(broker, 'listener')
    await listener.subscribeAsync('/TopicA', { qos: 2 })
    const silent = await RawClient.open(broker)
    silent.send(connectPacket('silent', { flags: 0b0001_0110, keepalive: 1, will: ['/TopicA', 'keepalive expiry'] }))
    await silent.closes()
    await until(() => listener.heard.length === 1)
  })

  test('sends again what was not acknowledged, in its order, with DUP [MQTT-4.4.0-1] [MQTT-4.6.0-1]', async () => {
    const broker = await plain()
    const deaf = await raw(broker, 'deaf', 0)
    deaf.send(subscribePacket('TopicA/#', 2))
    await deaf.answers(5)
    const speaker = await client(broker, 'speaker')
    await speaker.publishAsync('TopicA/B', 'first', { qos: 1 })
    await speaker.publishAsync('TopicA/C', 'second', { qos: 2 })
    await until(() => deaf.answer.includes('second'))
    const before = deaf.answer.subarray(5)
    deaf.socket.destroy()
    await until(() => broker.connectedCount() === 1)
    await speaker.publishAsync('TopicA/B', 'third', { qos: 1 })
    const again = await raw(broker, 'deaf', 0)
    await until(() => again.answer.length >= before.length + 'third'.length + 14)
    // The same bytes, packet identifiers and all, with DUP; then what was never sent, without.
    const size = 14 + 'first'.length
    const resent = Buffer.from(before)
    expect([resent[0], resent[size]]).toEqual([0x32, 0x34])
    resent[0] = 0x3a
    resent[size] = 0x3c
    expect(again.answer.subarray(0, resent.length).toString('hex')).toBe(resent.toString('hex'))
    expect(again.answer[resent.length]).toBe(0x32)
  })

  test('refuses test/nosubscribe and $share with 0x80, and grants the rest of the same SUBSCRIBE', async () => {
    const broker = await plain()
    const one = await raw(broker, 'one')
    const filters = ['test/nosubscribe', 'a', '$share/g/a', '#']
    one.send(packet(0x82, [0, 9], ...filters.flatMap((filter) => [text(filter), [2]])))
    expect((await one.answers(8)).toString('hex')).toBe('9006000980028002')
  })

  test('answers one return code for each filter, also when one is named twice [MQTT-3.8.4-5]', async () => {
    const broker = await plain()
    const one = await raw(broker, 'one')
    one.send(packet(0x82, [0, 9], text('a'), [2], text('test/nosubscribe'), [0], text('a'), [1]))
    expect((await one.answers(7)).toString('hex')).toBe('90050009028001')
    one.answer = Buffer.alloc(0)
    one.send(packet(0x34, text('a'), [0, 4], Buffer.from('x')))
    await until(() => one.answer.includes(packet(0x32, text('a')).subarray(2)))
    expect(one.answer.includes(Buffer.from([0x32]))).toBe(true)
  })

  test('a wildcard at the beginning does not match a topic that begins with $ [MQTT-4.7.2-1]', async () => {
    const broker = await plain()
    const one = await client(broker, 'one')
    await one.subscribeAsync(['#', '+/B', '$TopicA/C'], { qos: 1 })
    await one.publishAsync('$TopicA/B', 'hidden', { qos: 1 })
    await one.publishAsync('$TopicA/C', 'asked for', { qos: 1 })
    await one.publishAsync('seen', 'seen', { qos: 1 })
    await until(() => one.heard.length === 2)
    expect(one.heard.map(({ payload }) => payload).sort()).toEqual(['asked for', 'seen'])
  })

  test('stops with UNSUBSCRIBE, for that filter alone', async () => {
    const broker = await plain()
    const one = await client(broker, 'one')
    const topics = ['TopicA', 'TopicA/B', 'Topic/C']
    await one.subscribeAsync(topics, { qos: 2 })
    await one.unsubscribeAsync('TopicA')
    const two = await client(broker, 'two')
    for (const topic of topics) await two.publishAsync(topic, topic, { qos: 1 })
    await until(() => one.heard.length === 2)
    expect(one.heard.map(({ payload }) => payload)).toEqual(['TopicA/B', 'Topic/C'])
  })
})

describe('what it is not', () => {
  test.each(['0.0.0.0', '::', '192.168.1.20', 'city.example'])(
    'reachable from elsewhere: %s is refused',
    async (host) => {
      await expect(plain({ host })).rejects.toMatchObject({ code: 'BROKER_ANONYMOUS_NOT_LOOPBACK' })
    },
  )

  test('a way into the city’s readings: telemetry is passed on and not received', async () => {
    const broker = await plain()
    const one = await client(broker, 'gate-1')
    await one.subscribeAsync('telemetry/#', { qos: 1 })
    for (const qos of [0, 1, 2] as const) await one.publishAsync('telemetry/pump-01/flow', '1', { qos })
    await until(() => one.heard.length === 3)
    expect(broker.received).toEqual([])
  })

  test('a way into Aedes: nobody publishes on $SYS', async () => {
    const broker = await plain()
    const victim = await client(broker, 'victim')
    const one = await raw(broker, 'one')
    one.send(publishPacket('$SYS/x/new/clients', 'victim'))
    await one.closes()
    expect(victim.connected).toBe(true)
  })

  test('without bounds: a queue, the retained messages, the sessions', async () => {
    const limits = { queuedPerSessionMax: 3, retainedMax: 2, lastingSessionsMax: 1 }
    const broker = await plain({ limits })
    const away = await raw(broker, 'away', 0)
    away.send(subscribePacket('q', 1))
    await away.answers(5)
    away.send(packet(0xe0))
    await away.closes()
    const speaker = await client(broker, 'speaker')
    for (const word of ['one', 'two', 'three', 'four', 'five']) await speaker.publishAsync('q', word, { qos: 1 })
    const back = await raw(broker, 'away', 0)
    await until(() => back.answer.includes('three'))
    expect(back.answer.includes('four')).toBe(false)
    expect(broker.stats().queueOverflows).toBe(2)

    for (const topic of ['r/1', 'r/2', 'r/3']) await speaker.publishAsync(topic, topic, { qos: 1, retain: true })
    const late = await client(broker, 'late')
    await late.subscribeAsync('r/#', { qos: 1 })
    await until(() => late.heard.length === 2)
    expect(late.heard.map(({ topic }) => topic)).toEqual(['r/2', 'r/3'])
    expect(broker.stats().retainedDropped).toBe(1)

    for (const _ of [1, 2]) {
      const second = await raw(broker, 'second', 0)
      expect(second.sessionPresent).toBe(0)
      second.send(subscribePacket('q', 1))
      await second.answers(5)
      second.socket.destroy()
    }
  })
})
