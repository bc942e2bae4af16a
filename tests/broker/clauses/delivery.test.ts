import { describe, expect, test } from '@jest/globals'
import type { Broker } from '../../../broker/index.ts'
import { connectPacket, packet, RawClient, text } from '../support/raw.ts'
import { device, testBroker, until } from '../support/test-broker.ts'

/*
 * What MQTT 3.1.1 asks of a server that delivers: retained messages, QoS, order, sessions. By bytes, against a broker
 * that serves any topic.
 */
const plain = () => testBroker([device('gate-1', [])], { anonymous: 'full' })

async function open(broker: Broker, id: string, flags = 0b0000_0010): Promise<RawClient> {
  const client = await RawClient.open(broker)
  client.send(connectPacket(id, { flags }))
  await client.answers(4)
  client.answer = Buffer.from(client.answer.subarray(4))
  return client
}

type Sent = {
  topic: string | Buffer
  payload?: string
  qos?: number
  retain?: boolean
  dup?: boolean
  identifier?: number
}

function publish({ topic, payload = '', qos = 0, retain = false, dup = false, identifier = 1 }: Sent): Buffer {
  const numbered = qos > 0 ? [identifier >> 8, identifier & 0xff] : []
  return packet(0x30 | (dup ? 8 : 0) | (qos << 1) | (retain ? 1 : 0), text(topic), numbered, Buffer.from(payload))
}

function subscribe(filters: readonly (readonly [filter: string, qos: number])[], identifier = 7): Buffer {
  return packet(0x82, [0, identifier], ...filters.flatMap(([filter, qos]) => [text(filter), [qos]]))
}

type Packet = { type: number; flags: number; body: Buffer }

/** The packets in what was answered. */
function packetsOf(bytes: Buffer): Packet[] {
  const packets: Packet[] = []
  let at = 0
  while (at + 1 < bytes.length) {
    let length = 0
    let place = at + 1
    for (let factor = 1; ; factor *= 128, place += 1) {
      const byte = bytes[place] ?? 0
      length += (byte & 0x7f) * factor
      if (byte < 0x80) break
    }
    if (place + 1 + length > bytes.length) break
    packets.push({
      type: (bytes[at] ?? 0) >> 4,
      flags: (bytes[at] ?? 0) & 15,
      body: bytes.subarray(place + 1, place + 1 + length),
    })
    at = place + 1 + length
  }
  return packets
}

/** The messages among them, in words: `topic payload qos`, and `retained`, `again` where so. */
function messagesOf(client: RawClient): string[] {
  return packetsOf(client.answer)
    .filter(({ type }) => type === 3)
    .map(({ flags, body }) => {
      const topicEnd = 2 + body.readUInt16BE(0)
      const qos = (flags >> 1) & 3
      const payload = body.subarray(topicEnd + (qos > 0 ? 2 : 0)).toString()
      const marks = `${flags & 1 ? ' retained' : ''}${flags & 8 ? ' again' : ''}`
      return `${body.subarray(2, topicEnd)} ${payload} ${qos}${marks}`
    })
}

/** Sends, and waits until all of it is answered. */
async function settled(client: RawClient, ...packets: Buffer[]): Promise<void> {
  const before = client.answer.length
  client.send(Buffer.concat([...packets, Buffer.from([0xc0, 0])]))
  await until(() => client.closed || packetsOf(client.answer.subarray(before)).some(({ type }) => type === 13))
  if (client.closed) throw new Error(`closed after ${client.answer.subarray(before).toString('hex')}`)
}

/** Subscribed, with the SUBACK taken away. */
async function listening(broker: Broker, id: string, ...filters: (readonly [string, number])[]): Promise<RawClient> {
  const client = await open(broker, id)
  await settled(client, subscribe(filters))
  return client
}

/** A message that comes after everything that was sent before: what is there then is all there is. */
async function heardBy(client: RawClient, speaker: RawClient): Promise<string[]> {
  await settled(client, subscribe([['the/end', 0]], 99))
  await settled(speaker, publish({ topic: 'the/end', payload: 'end' }))
  await until(() => messagesOf(client).some((message) => message.startsWith('the/end')))
  return messagesOf(client).filter((message) => !message.startsWith('the/end'))
}

describe('retained messages', () => {
  test('a new subscriber gets the last on each matching topic, marked as retained [3.3.1-5] [3.3.1-6] [3.3.1-8]', async () => {
    const broker = await plain()
    const speaker = await open(broker, 'speaker')
    await settled(
      speaker,
      publish({ topic: 'a/b', payload: 'old', qos: 1, retain: true, identifier: 1 }),
      publish({ topic: 'a/b', payload: 'new', qos: 1, retain: true, identifier: 2 }),
      publish({ topic: 'a/c', payload: 'other', qos: 0, retain: true }),
      publish({ topic: 'z', payload: 'unasked', qos: 1, retain: true, identifier: 3 }),
    )
    const listener = await listening(broker, 'listener', ['a/+', 2])
    expect((await heardBy(listener, speaker)).sort()).toEqual(['a/b new 1 retained', 'a/c other 0 retained'])
  })

  test('whoever is subscribed already gets it unmarked [3.3.1-9]', async () => {
    const broker = await plain()
    const speaker = await open(broker, 'speaker')
    const listener = await listening(broker, 'listener', ['a/b', 1])
    await settled(speaker, publish({ topic: 'a/b', payload: 'x', qos: 1, retain: true }))
    expect(await heardBy(listener, speaker)).toEqual(['a/b x 1'])
  })

  test('a QoS 0 message takes the place of the one before [3.3.1-7]', async () => {
    const broker = await plain()
    const speaker = await open(broker, 'speaker')
    await settled(speaker, publish({ topic: 'a', payload: 'one', qos: 1, retain: true }))
    await settled(speaker, publish({ topic: 'a', payload: 'two', retain: true }))
    expect(await heardBy(await listening(broker, 'l', ['a', 1]), speaker)).toEqual(['a two 0 retained'])
  })

  test('an empty one is passed on and takes it away [3.3.1-10] [3.3.1-11]', async () => {
    const broker = await plain()
    const speaker = await open(broker, 'speaker')
    await settled(speaker, publish({ topic: 'a', payload: 'one', qos: 1, retain: true }))
    const before = await listening(broker, 'before', ['a', 1])
    await settled(speaker, publish({ topic: 'a', qos: 1, retain: true, identifier: 2 }))
    expect(await heardBy(before, speaker)).toEqual(['a one 1 retained', 'a  1'])
    expect(await heardBy(await listening(broker, 'after', ['a', 1]), speaker)).toEqual([])
  })

  test('one without the flag changes nothing of what is retained [3.3.1-12]', async () => {
    const broker = await plain()
    const speaker = await open(broker, 'speaker')
    await settled(speaker, publish({ topic: 'a', payload: 'kept', qos: 1, retain: true }))
    await settled(
      speaker,
      publish({ topic: 'a', payload: 'passing', qos: 1, identifier: 2 }),
      publish({ topic: 'a', identifier: 3, qos: 1 }),
    )
    expect(await heardBy(await listening(broker, 'l', ['a', 1]), speaker)).toEqual(['a kept 1 retained'])
  })

  test('it outlives the session that published it [3.1.2.7]', async () => {
    const broker = await plain()
    const speaker = await open(broker, 'speaker')
    await settled(speaker, publish({ topic: 'a', payload: 'kept', qos: 1, retain: true }))
    speaker.send(packet(0xe0))
    await speaker.closes()
    const next = await open(broker, 'next')
    expect(await heardBy(await listening(broker, 'l', ['a', 1]), next)).toEqual(['a kept 1 retained'])
  })

  test('subscribing again sends it again [3.8.4-3]', async () => {
    const broker = await plain()
    const speaker = await open(broker, 'speaker')
    await settled(speaker, publish({ topic: 'a', payload: 'kept', qos: 1, retain: true }))
    const listener = await listening(broker, 'l', ['a', 1])
    await until(() => messagesOf(listener).length === 1)
    await settled(listener, subscribe([['a', 0]], 8))
    await until(() => messagesOf(listener).length === 2)
    await settled(speaker, publish({ topic: 'a', payload: 'live', qos: 1, identifier: 2 }))
    expect(await heardBy(listener, speaker)).toEqual(['a kept 1 retained', 'a kept 0 retained', 'a live 0'])
  })

  test.each([
    ['retained', 0b0010_1110, ['w last 1 retained']],
    ['not retained', 0b0000_1110, []],
  ])('a will that is %s is so published [3.1.2-16] [3.1.2-17]', async (_name, flags, later) => {
    const broker = await plain()
    const listener = await listening(broker, 'before', ['w', 1])
    const dying = await RawClient.open(broker)
    dying.send(connectPacket('dying', { flags, will: ['w', 'last'] }))
    await dying.answers(4)
    dying.socket.destroy()
    await until(() => messagesOf(listener).length === 1)
    expect(messagesOf(listener)).toEqual(['w last 1'])
    const speaker = await open(broker, 'speaker')
    expect(await heardBy(await listening(broker, 'after', ['w', 1]), speaker)).toEqual(later)
  })
})

describe('QoS', () => {
  const overlaps: [filters: (readonly [string, number])[], most: number][] = [
    [
      [
        ['#', 0],
        ['a/b', 2],
      ],
      2,
    ],
    [
      [
        ['a/b', 0],
        ['#', 2],
      ],
      2,
    ],
    [
      [
        ['a/+', 0],
        ['a/#', 1],
      ],
      1,
    ],
    [[['a/+', 1]], 1],
    [[['a/b', 0]], 0],
  ]
  test.each(
    overlaps.flatMap(([filters, most]) =>
      [0, 1, 2].map((qos) => [JSON.stringify(filters), qos, Math.min(qos, most), filters] as const),
    ),
  )('%s: published with %i, delivered with %i, once [3.3.5-1] [3.8.4-6]', async (_name, qos, delivered, filters) => {
    const broker = await plain()
    const speaker = await open(broker, 'speaker')
    const listener = await listening(broker, 'listener', ...filters)
    await settled(speaker, publish({ topic: 'a/b', payload: 'x', qos }))
    expect(await heardBy(listener, speaker)).toEqual([`a/b x ${delivered}`])
  })

  test('DUP of the publisher is not passed on [3.3.1-3]', async () => {
    const broker = await plain()
    const speaker = await open(broker, 'speaker')
    const listener = await listening(broker, 'listener', ['a', 2])
    await settled(speaker, publish({ topic: 'a', payload: 'x', qos: 1, dup: true }))
    expect(await heardBy(listener, speaker)).toEqual(['a x 1'])
  })

  test('QoS 0 has no packet identifier, QoS 1 and 2 one that is not 0 and not in use [2.3.1-1] [2.3.1-4] [2.3.1-5] [4.3.1-1]', async () => {
    const broker = await plain()
    const speaker = await open(broker, 'speaker')
    const listener = await listening(broker, 'listener', ['a', 2])
    await settled(
      speaker,
      ...[0, 1, 2, 1, 2].map((qos, index) => publish({ topic: 'a', payload: 'x', qos, identifier: index + 1 })),
    )
    await heardBy(listener, speaker)
    const sent = packetsOf(listener.answer).filter(
      ({ type, body }) => type === 3 && body.subarray(2, 3).toString() === 'a',
    )
    expect(sent.filter(({ flags }) => (flags & 6) === 0).map(({ body }) => body.length)).toEqual([4])
    const identifiers = sent.filter(({ flags }) => flags & 6).map(({ body }) => body.readUInt16BE(3))
    expect(identifiers).toHaveLength(4)
    expect(new Set(identifiers).size).toBe(4)
    expect(identifiers).not.toContain(0)
  })

  test('each packet gets the answer that is due, with its identifier [2.3.1-6] [3.3.4-1] [4.3.2-2] [4.3.3-2]', async () => {
    const broker = await plain()
    const speaker = await open(broker, 'speaker')
    const listener = await listening(broker, 'listener', ['a', 2])
    const answer = async (...bytes: Buffer[]) => {
      const from = speaker.answer.length
      await settled(speaker, ...bytes)
      return speaker.answer.subarray(from).toString('hex').replace('d000', '')
    }
    expect(await answer(publish({ topic: 'a', payload: '0' }))).toBe('')
    expect(await answer(publish({ topic: 'a', payload: '1', qos: 1, identifier: 0x1234 }))).toBe('40021234')
    const second = publish({ topic: 'a', payload: '2', qos: 2, identifier: 0x2345 })
    speaker.answer = Buffer.alloc(0)
    speaker.send(second)
    expect((await speaker.answers(4)).toString('hex')).toBe('50022345')
    // Until its PUBREL it is the same message, afterwards a new one.
    speaker.answer = Buffer.alloc(0)
    speaker.send(publish({ topic: 'a', payload: '2', qos: 2, identifier: 0x2345, dup: true }))
    expect((await speaker.answers(4)).toString('hex')).toBe('50022345')
    for (const _ of [1, 2]) {
      speaker.answer = Buffer.alloc(0)
      speaker.send(packet(0x62, [0x23, 0x45]))
      expect((await speaker.answers(4)).toString('hex')).toBe('70022345')
    }
    speaker.answer = Buffer.alloc(0)
    speaker.send(second)
    await speaker.answers(4)
    expect(await heardBy(listener, speaker)).toEqual(['a 0 0', 'a 1 1', 'a 2 2', 'a 2 2'])
  })

  test('to a subscriber: PUBREL follows its PUBREC, with the same identifier [4.3.3-1]', async () => {
    const broker = await plain()
    const speaker = await open(broker, 'speaker')
    const listener = await listening(broker, 'listener', ['a', 2])
    await settled(speaker, publish({ topic: 'a', payload: 'x', qos: 2 }))
    await until(() => messagesOf(listener).length === 1)
    const identifier = [
      ...(packetsOf(listener.answer)
        .find(({ type }) => type === 3)
        ?.body.subarray(3, 5) ?? []),
    ]
    listener.answer = Buffer.alloc(0)
    listener.send(packet(0x50, identifier))
    expect((await listener.answers(4)).toString('hex')).toBe(packet(0x62, identifier).toString('hex'))
    await settled(listener, packet(0x70, identifier))
  })

  test('in the order in which they came, topic by topic [4.6.0-5] [4.6.0-6]', async () => {
    const broker = await plain()
    const speaker = await open(broker, 'speaker')
    const listener = await listening(broker, 'listener', ['a', 1])
    const words = Array.from({ length: 300 }, (_, index) => String(index))
    speaker.send(
      Buffer.concat(words.map((payload, index) => publish({ topic: 'a', payload, qos: 1, identifier: index + 1 }))),
    )
    await until(() => messagesOf(listener).length === words.length)
    expect(messagesOf(listener)).toEqual(words.map((word) => `a ${word} 1`))
  })
})

describe('subscriptions', () => {
  test('several filters in one SUBSCRIBE are as many subscriptions, and one SUBACK in their order [3.8.4-1] [3.8.4-2] [3.8.4-4] [3.8.4-5] [3.9.3-1] [2.3.1-7]', async () => {
    const broker = await plain()
    const client = await open(broker, 'client')
    client.send(
      packet(0x82, [0x43, 0x21], text('a'), [2], text('test/nosubscribe'), [1], text('c/#'), [0], text('+'), [1]),
    )
    expect((await client.answers(8)).toString('hex')).toBe('9006432102800001')
    await settled(
      client,
      publish({ topic: 'c/d', payload: 'x', qos: 1 }),
      publish({ topic: 'test/nosubscribe', payload: 'no' }),
    )
    // A delivery may come after the answer to what was sent behind its publish.
    await until(() => messagesOf(client).length > 0)
    expect(messagesOf(client)).toEqual(['c/d x 0'])
  })

  test('UNSUBSCRIBE ends those that match letter by letter, and is always answered [3.10.4-1] [3.10.4-2] [3.10.4-4] [3.10.4-5] [3.10.4-6]', async () => {
    const broker = await plain()
    const speaker = await open(broker, 'speaker')
    const listener = await listening(broker, 'listener', ['a/b', 1], ['a/+', 1], ['c', 1])
    listener.answer = Buffer.alloc(0)
    listener.send(packet(0xa2, [0x12, 0x34], text('a/#'), text('c'), text('never')))
    expect((await listener.answers(4)).toString('hex')).toBe('b0021234')
    await settled(
      speaker,
      publish({ topic: 'a/b', payload: 'x', qos: 1 }),
      publish({ topic: 'c', payload: 'y', qos: 1, identifier: 2 }),
    )
    expect(await heardBy(listener, speaker)).toEqual(['a/b x 1'])
  })

  test('a message that is under way when its subscription ends is brought to its end [3.10.4-3]', async () => {
    const broker = await plain()
    const speaker = await open(broker, 'speaker')
    const listener = await listening(broker, 'listener', ['a', 2])
    await settled(speaker, publish({ topic: 'a', payload: 'x', qos: 2 }))
    await until(() => messagesOf(listener).length === 1)
    const identifier = [
      ...(packetsOf(listener.answer)
        .find(({ type }) => type === 3)
        ?.body.subarray(3, 5) ?? []),
    ]
    await settled(listener, packet(0xa2, [0, 5], text('a')))
    listener.answer = Buffer.alloc(0)
    listener.send(packet(0x50, identifier))
    expect((await listener.answers(4)).toString('hex')).toBe(packet(0x62, identifier).toString('hex'))
  })

  test('what matches, matches; nothing is made equal that is not [3.3.2-3] [4.7.1-1] [4.7.2-1] [4.7.3-4]', async () => {
    const broker = await plain()
    const speaker = await open(broker, 'speaker')
    const cases: [filter: string, topic: string, matches: boolean][] = [
      ['a/b', 'a/b', true],
      ['a/b', 'A/b', false],
      ['a/b', 'a/b/', false],
      ['a/#', 'a', true],
      ['a/#', 'a/b/c', true],
      ['a/+', 'a/', true],
      ['a/+', 'a/b/c', false],
      ['+/+', '/b', true],
      ['+', '/b', false],
      ['#', '$a/b', false],
      ['+/b', '$a/b', false],
      ['$a/#', '$a/b', true],
      ['\u00e4', 'a\u0308', false],
      ['\ufeffa', 'a', false],
      ['\ufeffa', '\ufeffa', true],
      ['\ufffd', '\ufffd', true],
      ['a b', 'a b', true],
    ]
    for (const [index, [filter, topic, isMatch]] of cases.entries()) {
      const listener = await listening(broker, `listener-${index}`, [filter, 1])
      await settled(speaker, publish({ topic, payload: String(index), qos: 1 }))
      const heard = await heardBy(listener, speaker)
      expect([filter, topic, heard]).toEqual([filter, topic, isMatch ? [`${topic} ${index} 1`] : []])
      listener.socket.destroy()
    }
  })
})

describe('sessions', () => {
  test('a clean session leaves nothing behind, not even half a QoS 2 exchange [3.1.2-6] [4.1.0-2]', async () => {
    const broker = await plain()
    const speaker = await open(broker, 'speaker')
    const listener = await listening(broker, 'listener', ['a', 2])
    const half = publish({ topic: 'a', payload: 'x', qos: 2, identifier: 3 })
    speaker.send(half)
    await speaker.answers(4)
    listener.socket.destroy()
    speaker.socket.destroy()
    await until(() => broker.connectedCount() === 0)
    const again = await open(broker, 'listener')
    const next = await listening(broker, 'next', ['a', 2])
    const speakerAgain = await open(broker, 'speaker')
    speakerAgain.send(half)
    await speakerAgain.answers(4)
    expect(await heardBy(next, speakerAgain)).toEqual(['a x 2'])
    expect(messagesOf(again)).toEqual([])
  })

  test('a lasting one keeps subscriptions, what waits, and half a QoS 2 exchange [3.1.2-4] [3.1.2-5] [4.1.0-1] [4.4.0-1]', async () => {
    const broker = await plain()
    const lasting = await open(broker, 'lasting', 0)
    await settled(lasting, subscribe([['a', 2]]))
    const half = publish({ topic: 'b', payload: 'x', qos: 2, identifier: 3 })
    lasting.send(half)
    await until(() => packetsOf(lasting.answer).some(({ type }) => type === 5))
    lasting.socket.destroy()
    await until(() => broker.connectedCount() === 0)
    const speaker = await open(broker, 'speaker')
    const other = await listening(broker, 'other', ['b', 2])
    await settled(speaker, publish({ topic: 'a', payload: 'waits', qos: 1 }))
    const back = await open(broker, 'lasting', 0)
    back.send(half)
    await until(() => messagesOf(back).length === 1 && packetsOf(back.answer).some(({ type }) => type === 5))
    expect(messagesOf(back)).toEqual(['a waits 1'])
    expect(await heardBy(other, speaker)).toEqual([])
  })

  test('a PUBREL that was not answered is sent again, and not its PUBLISH [4.4.0-1] [4.3.3-1]', async () => {
    const broker = await plain()
    const lasting = await open(broker, 'lasting', 0)
    await settled(lasting, subscribe([['a', 2]]))
    const speaker = await open(broker, 'speaker')
    await settled(speaker, publish({ topic: 'a', payload: 'x', qos: 2 }))
    await until(() => messagesOf(lasting).length === 1)
    const identifier = [
      ...(packetsOf(lasting.answer)
        .find(({ type }) => type === 3)
        ?.body.subarray(3, 5) ?? []),
    ]
    lasting.send(packet(0x50, identifier))
    await until(() => packetsOf(lasting.answer).some(({ type }) => type === 6))
    lasting.socket.destroy()
    await until(() => broker.connectedCount() === 1)
    const back = await open(broker, 'lasting', 0)
    await until(() => packetsOf(back.answer).length > 0)
    expect(packetsOf(back.answer).map(({ type, body }) => [type, ...body])).toEqual([[6, ...identifier]])
  })

  test('with its client id the older connection ends, and the newer goes on with the session [3.1.4-2] [3.1.3-2]', async () => {
    const broker = await plain()
    const first = await open(broker, 'same', 0)
    await settled(first, subscribe([['a', 1]]))
    const second = await RawClient.open(broker)
    second.send(connectPacket('same', { flags: 0 }))
    await first.closes()
    expect((await second.answers(4)).toString('hex')).toBe('20020100')
  })
})

test('any client id of letters and digits up to 23 bytes is taken [3.1.3-5]', async () => {
  const broker = await plain()
  const letters = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'
  for (const id of [letters.slice(0, 23), letters.slice(23, 46), letters.slice(-23), 'a', 'Z']) await open(broker, id)
  expect(broker.connectedCount()).toBe(5)
})
