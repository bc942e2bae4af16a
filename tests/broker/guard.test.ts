import { describe, expect, test } from '@jest/globals'
import { defaultLimits } from '../../broker/limits.ts'
import { connectPacket, lengthBytes, packet, publishPacket, RawClient, subscribePacket, text } from './support/raw.ts'
import { closing, connected, device, heard, testBroker, turn, until } from './support/test-broker.ts'

/*
 * What a hostile or broken client can cost. Every bound is met by a client that goes beyond it; what the others notice
 * of it, and what is counted, is looked at too.
 */
const gate = device('gate-1', ['pump-01'])
const crowd = device('crowd', [], ['alarms/pump-01'])
const topic = 'telemetry/pump-01/flow'

describe('a packet that is too large', () => {
  test.each([
    ['a CONNECT that announces 256 MB', Buffer.from([0x10, 0xff, 0xff, 0xff, 0x7f])],
    ['a CONNECT of 5 KB', connectPacket('gate-1', { will: ['status/gate-1', 'x'.repeat(5_000)] })],
  ])('%s, from a stranger', async (_name, bytes) => {
    const broker = await testBroker([gate])
    const client = await RawClient.open(broker)
    client.send(bytes)
    expect((await client.closes()).length).toBe(0)
    expect(broker.stats().oversized).toBe(1)
  })

  test('a body that streams on and on, from a stranger: closed at the header, nothing of it kept', async () => {
    const broker = await testBroker([gate])
    const client = await RawClient.open(broker)
    client.send(Buffer.from([0x10, 0xff, 0xff, 0xff, 0x7f]))
    const megabyte = Buffer.alloc(1_048_576)
    let written = 0
    while (!client.closed && written < 64) {
      client.send(megabyte)
      written += 1
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
    await client.closes()
    expect(broker.stats()).toMatchObject({ oversized: 1, bytesIn: 0 })
  })

  test.each([
    ['PUBLISH', Buffer.from([0x32, ...lengthBytes(defaultLimits.publishBytesMax + 1)])],
    ['PUBLISH of 256 MB', Buffer.from([0x32, 0xff, 0xff, 0xff, 0x7f])],
    ['SUBSCRIBE', Buffer.from([0x82, ...lengthBytes(defaultLimits.subscribeBytesMax + 1)])],
    ['UNSUBSCRIBE', Buffer.from([0xa2, ...lengthBytes(defaultLimits.subscribeBytesMax + 1)])],
  ])('%s, from a device: closed at its header', async (_name, header) => {
    const broker = await testBroker([gate])
    const client = await RawClient.loggedIn(broker, 'gate-1')
    client.send(header)
    expect((await client.closes()).length).toBe(0)
    expect(broker.stats().oversized).toBe(1)
  })

  test('a PUBLISH of exactly the largest size is taken', async () => {
    const broker = await testBroker([gate])
    const client = await RawClient.loggedIn(broker, 'gate-1')
    const payload = 'x'.repeat(defaultLimits.publishBytesMax - 2 - topic.length - 2)
    client.send(publishPacket(topic, payload))
    expect((await client.answers(4)).toString('hex')).toBe('40020001')
    expect(broker.received[0]?.payload.length).toBe(payload.length)
  })
})

describe('a client that takes its time', () => {
  test.each([
    ['says nothing', Buffer.alloc(0)],
    ['sends a CONNECT byte by byte', connectPacket('gate-1')],
  ])('%s: closed after the time for connecting', async (_name, bytes) => {
    const broker = await testBroker([gate], { limits: { connectTimeoutMs: 150 } })
    const client = await RawClient.open(broker)
    let at = 0
    const drip = setInterval(() => {
      client.send(bytes.subarray(at, at + 1))
      at += 1
    }, 25)
    expect((await client.closes()).length).toBe(0)
    clearInterval(drip)
    expect(broker.connectedCount()).toBe(0)
  })

  test('is silent after its CONNECT: closed after 1.5 times its keep-alive [MQTT-3.1.2-24]', async () => {
    const broker = await testBroker([gate])
    const startedAt = performance.now()
    const client = await RawClient.loggedIn(broker, 'gate-1', { keepalive: 1 })
    await client.closes()
    expect(performance.now() - startedAt).toBeGreaterThan(1_400)
    expect(broker.stats().keepaliveTimeouts).toBe(1)
  })

  test('asks for no keep-alive at all: held to the longest', async () => {
    const broker = await testBroker([gate], { limits: { keepaliveSecondsMax: 1 } })
    const client = await RawClient.loggedIn(broker, 'gate-1', { keepalive: 0 })
    await client.closes()
    expect(broker.stats().keepaliveTimeouts).toBe(1)
  })
})

describe('a device that is too fast', () => {
  test('is slowed to its rate of messages, and loses nothing', async () => {
    const limits = { messagesPerDevice: { perSecond: 1_000, burst: 100 } }
    const broker = await testBroker([gate], { limits })
    const client = await RawClient.loggedIn(broker, 'gate-1')
    const startedAt = performance.now()
    for (let identifier = 1; identifier <= 400; identifier += 1) {
      client.send(publishPacket(topic, 'x'.repeat(1_000), identifier))
    }
    const answer = await client.answers(1_600)
    expect(answer.readUInt16BE(answer.length - 2)).toBe(400)
    expect(performance.now() - startedAt).toBeGreaterThan(150)
    expect(broker.stats().rateLimited).toBeGreaterThan(0)
    expect(broker.received).toHaveLength(400)
  })

  test('is slowed to its rate of bytes, also over a reconnect', async () => {
    const limits = { bytesPerDevice: { perSecond: 60_000, burst: 1_000 } }
    const broker = await testBroker([gate], { limits })
    const first = await RawClient.loggedIn(broker, 'gate-1')
    first.send(publishPacket(topic, 'x'.repeat(31_000)))
    await first.answers(4)
    first.socket.destroy()
    const startedAt = performance.now()
    const second = await RawClient.loggedIn(broker, 'gate-1')
    second.send(publishPacket(topic, '1'))
    await second.answers(4)
    expect(performance.now() - startedAt).toBeGreaterThan(100)
    expect(broker.stats().rateLimited).toBeGreaterThan(0)
  })

  test('has only so many messages in flight, one packet to a segment, until some are kept', async () => {
    const open: (() => void)[] = []
    const receive = () => new Promise<void>((resolve) => open.push(resolve))
    const broker = await testBroker([gate], { receive, limits: { inFlightPerDeviceMax: 10 } })
    const client = await RawClient.loggedIn(broker, 'gate-1')
    for (let identifier = 1; identifier <= 50; identifier += 1) {
      client.send(publishPacket(topic, '1', identifier))
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
    await until(() => broker.stats().backpressured > 0)
    expect(open.length).toBeLessThan(20)
    await until(() => {
      for (const keep of open.splice(0)) keep()
      return client.answer.length === 200
    })
    expect(broker.received).toHaveLength(50)
  })

  test('all together hold only so many bytes in flight, and go on when these are kept', async () => {
    const open: (() => void)[] = []
    const receive = () => new Promise<void>((resolve) => open.push(resolve))
    const devices = ['a', 'b', 'c', 'd'].map((id) => device(id, ['pump-01']))
    const broker = await testBroker(devices, { receive, limits: { inFlightBytesMax: 100_000 } })
    const clients = await Promise.all(devices.map(({ id }) => RawClient.loggedIn(broker, id)))
    for (let identifier = 1; identifier <= 20; identifier += 1) {
      for (const client of clients) client.send(publishPacket(topic, 'x'.repeat(20_000), identifier))
    }
    await until(() => broker.stats().backpressured > 0)
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(open.length * 20_000).toBeLessThan(100_000 + 4 * 131_072)
    await until(() => {
      for (const keep of open.splice(0)) keep()
      return clients.every(({ answer }) => answer.length === 80)
    })
    expect(broker.received).toHaveLength(80)
  })
})

describe('a client that does not read', () => {
  test('a subscriber is dropped, and the others notice nothing', async () => {
    const broker = await testBroker([gate, crowd], { limits: { unsentBytesMax: 100_000, drainTimeoutMs: 500 } })
    const deaf = await RawClient.loggedIn(broker, 'crowd')
    deaf.send(subscribePacket('alarms/pump-01'))
    await deaf.answers(5)
    deaf.socket.pause()
    const healthy = await connected(broker, 'gate-1')
    const messages = heard(healthy)
    await healthy.subscribeAsync('errors/gate-1', { qos: 1 })
    const alarm = 'x'.repeat(100_000)
    for (let round = 0; round < 100; round += 1) {
      broker.publish('alarms/pump-01', alarm)
      broker.publish('errors/gate-1', String(round))
      await turn(healthy, 'gate-1')
    }
    await until(() => messages.length === 100)
    await until(() => !broker.isConnected('crowd'))
    expect(broker.stats().slowReaders).toBeGreaterThan(0)
  })

  test('a publisher that never reads its answers is not read either, and then dropped', async () => {
    const broker = await testBroker([gate], { limits: { unsentBytesMax: 1_000, drainTimeoutMs: 200 } })
    const client = await RawClient.loggedIn(broker, 'gate-1')
    client.socket.pause()
    const subscribes = Buffer.concat(new Array<Buffer>(1_000).fill(subscribePacket('errors/other')))
    await until(() => {
      if (client.socket.writableLength < 1_000_000) client.send(subscribes)
      return broker.stats().slowReaders > 0
    })
    await until(() => broker.connectedCount() === 0)
  })
})

describe('an address', () => {
  test('has only so many connections', async () => {
    const broker = await testBroker([gate], { limits: { connectionsPerAddressMax: 3 } })
    const clients = await Promise.all([1, 2, 3].map(() => RawClient.open(broker)))
    const fourth = await RawClient.open(broker)
    await fourth.closes()
    expect(broker.stats().connectionsLimited).toBe(1)
    clients[0]?.socket.destroy()
    await new Promise((resolve) => setTimeout(resolve, 20))
    await connected(broker, 'gate-1')
  })

  test('connects only so fast', async () => {
    const broker = await testBroker([gate], { limits: { connectsPerAddress: { perSecond: 20, burst: 2 } } })
    const clients = await Promise.all([1, 2, 3, 4].map(() => RawClient.open(broker)))
    await until(() => clients.filter(({ closed }) => closed).length === 2)
    await new Promise((resolve) => setTimeout(resolve, 100))
    await connected(broker, 'gate-1')
  })

  test('that failed too often is told to come back later, even with the right secret', async () => {
    const broker = await testBroker([gate], { limits: { loginFailuresPerName: { perSecond: 10, burst: 2 } } })
    const answers: string[] = []
    for (const password of ['a', 'b', 'c', undefined]) {
      const client = await RawClient.open(broker)
      client.send(connectPacket('gate-1', { password }))
      answers.push((await client.closes()).toString('hex'))
    }
    expect(answers).toEqual(['20020005', '20020005', '20020003', '20020003'])
    expect(broker.stats()).toMatchObject({ loginsLimited: 2, refusedConnects: 4 })
    await new Promise((resolve) => setTimeout(resolve, 150))
    await connected(broker, 'gate-1')
  })

  test('strangers that fail without end from the same address keep no device out of it, and are not all noted', async () => {
    const limits = { loginFailuresPerAddress: { perSecond: 0.001, burst: 2 } }
    const refused: string[] = []
    const broker = await testBroker([gate], { limits, onRefused: ({ device: name }) => refused.push(name) })
    const answers: string[] = []
    for (const name of ['a', 'b', 'c', 'd']) {
      const client = await RawClient.open(broker)
      client.send(connectPacket(name, { password: 'guess' }))
      answers.push((await client.closes()).toString('hex'))
    }
    expect([answers, refused]).toEqual([
      ['20020005', '20020005', '20020003', '20020003'],
      ['a', 'b'],
    ])
    await connected(broker, 'gate-1')
  })

  test('the broker as a whole has only so many connections', async () => {
    const broker = await testBroker([gate], { limits: { connectionsMax: 1 } })
    const client = await connected(broker, 'gate-1')
    const second = await RawClient.open(broker)
    await second.closes()
    const closed = closing(client)
    broker.disconnect('gate-1')
    await closed
  })
})

test('what a stranger sends behind its CONNECT is not looked at before it is logged in', async () => {
  const broker = await testBroker([gate])
  const client = await RawClient.open(broker)
  const flood = Buffer.concat(new Array<Buffer>(1_000).fill(publishPacket(topic, '1')))
  client.send(Buffer.concat([connectPacket('gate-1', { password: 'guess' }), flood]))
  await client.closes()
  expect(broker.stats()).toMatchObject({ refusedConnects: 1, messagesIn: 0, malformed: 0, bytesIn: 0 })
})

test('a slow body of an allowed size is put together however it comes', async () => {
  const broker = await testBroker([gate])
  const client = await RawClient.loggedIn(broker, 'gate-1')
  const bytes = packet(0x32, text(topic), [0, 1], Buffer.alloc(100_000, 'y'))
  for (let at = 0; at < bytes.length; at += 9_973) {
    client.send(bytes.subarray(at, at + 9_973))
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  await client.answers(4)
  expect(broker.received[0]?.payload.length).toBe(100_000)
})

test('a packet that is done with at once does not swallow those behind it', async () => {
  const said: string[] = []
  const broker = await testBroker([gate], { onStatus: (_device, payload) => said.push(payload) })
  const client = await RawClient.loggedIn(broker, 'gate-1')
  const status = (word: string) => packet(0x30, text('status/gate-1'), Buffer.from(word))
  client.send(Buffer.concat([status('one'), status('two'), Buffer.from([0xc0, 0]), publishPacket(topic, '1', 9)]))
  const answer = await client.answers(6)
  expect(answer.toString('hex')).toBe('d00040020009')
  expect(said).toEqual(['one', 'two'])
})
