import { describe, expect, test } from '@jest/globals'
import { packet, publishPacket, RawClient, text } from './support/raw.ts'
import { afterwards, closing, connected, device, receivedAt, testBroker, until } from './support/test-broker.ts'

/*
 * Acknowledged means kept. The PUBACK may leave only after the promise of `receive` is fulfilled; these tests hold that
 * promise in their hands. What they can not show is that the store behind it syncs: that is the store's own test.
 */
const gate = device('gate-1', ['pump-01'])
const topic = 'telemetry/pump-01/flow'

/** A `receive` whose messages are kept, or not, when the test says so. */
function held() {
  const open: { keep: () => void; lose: () => void }[] = []
  const receive = () =>
    new Promise<void>((resolve, reject) => open.push({ keep: resolve, lose: () => reject(new Error('disk full')) }))
  return { open, receive }
}

describe('the acknowledgement of a QoS 1 publish', () => {
  test('leaves only when the message is kept', async () => {
    const { open, receive } = held()
    const broker = await testBroker([gate], { receive })
    const client = await RawClient.loggedIn(broker, 'gate-1')
    client.send(publishPacket(topic, '21.5', 17))
    client.send(Buffer.from([0xc0, 0]))
    expect((await client.answers(2)).toString('hex')).toBe('d000')
    expect(broker.received).toEqual([{ device: 'gate-1', topic, payload: Buffer.from('21.5'), receivedAt }])
    expect(broker.stats().acknowledged).toBe(0)
    open[0]?.keep()
    expect((await client.answers(6)).toString('hex')).toBe('d00040020011')
    expect(broker.stats()).toMatchObject({ messagesIn: 1, acknowledged: 1, notKept: 0 })
  })

  test('comes for each message of its own, whichever is kept first', async () => {
    const { open, receive } = held()
    const broker = await testBroker([gate], { receive })
    const client = await RawClient.loggedIn(broker, 'gate-1')
    client.send(Buffer.concat([1, 2, 3].map((identifier) => publishPacket(topic, '1', identifier))))
    await until(() => open.length === 3)
    open[1]?.keep()
    expect((await client.answers(4)).toString('hex')).toBe('40020002')
    open[0]?.keep()
    open[2]?.keep()
    expect((await client.answers(12)).toString('hex')).toBe('400200024002000140020003')
  })

  test('comes for a batch that shares one promise, in the order of arrival, also when that promise is used again', async () => {
    const one = Promise.resolve()
    const broker = await testBroker([gate], { receive: () => one })
    const client = await RawClient.loggedIn(broker, 'gate-1')
    for (let round = 0; round < 3; round += 1) {
      const identifiers = Array.from({ length: 200 }, (_, index) => round * 200 + index + 1)
      client.send(Buffer.concat(identifiers.map((identifier) => publishPacket(topic, '1', identifier))))
      const answer = await client.answers((round + 1) * 800)
      const got = identifiers.map((_, index) => answer.readUInt16BE((round * 200 + index) * 4 + 2))
      expect(got).toEqual(identifiers)
    }
  })

  test('never comes for a message that could not be kept: the connection closes, the device sends again', async () => {
    const outcomes = ['lost', 'lost', 'kept']
    const broker = await testBroker([gate], {
      receive: async () => {
        if (outcomes.shift() === 'lost') throw new Error('disk full')
      },
    })
    const client = await connected(broker, 'gate-1', { reconnectPeriod: 20, clean: false })
    await client.publishAsync(topic, '21.5', { qos: 1 })
    expect(broker.received.map(({ payload }) => Buffer.from(payload).toString())).toEqual(['21.5', '21.5', '21.5'])
    expect(broker.stats()).toMatchObject({ acknowledged: 1, notKept: 2 })
  })

  test('never comes when receive throws instead of rejecting', async () => {
    const broker = await testBroker([gate], {
      receive: () => {
        throw new Error('broken')
      },
    })
    const client = await RawClient.loggedIn(broker, 'gate-1')
    client.send(publishPacket(topic, '1'))
    expect((await client.closes()).length).toBe(0)
  })

  test('does not leave for what was kept after its connection ended', async () => {
    const { open, receive } = held()
    const broker = await testBroker([gate], { receive })
    const client = await RawClient.loggedIn(broker, 'gate-1')
    client.send(publishPacket(topic, '1'))
    await until(() => open.length === 1)
    broker.disconnect('gate-1')
    expect((await client.closes()).length).toBe(0)
    open[0]?.keep()
    await connected(broker, 'gate-1')
    expect(broker.stats().acknowledged).toBe(0)
  })
})

describe('other qualities of service', () => {
  test('QoS 0 is received too, and closes its connection when it cannot be kept', async () => {
    let keeps = true
    const broker = await testBroker([gate], {
      receive: () => (keeps ? Promise.resolve() : Promise.reject(new Error('disk full'))),
    })
    const client = await connected(broker, 'gate-1')
    await client.publishAsync(topic, '1', { qos: 0 })
    await until(() => broker.received.length === 1)
    keeps = false
    const closed = closing(client)
    await client.publishAsync(topic, '2', { qos: 0 })
    await closed
    expect(broker.stats()).toMatchObject({ messagesIn: 2, acknowledged: 0, notKept: 1 })
  })

  test('QoS 2 gets its PUBREC when it is kept', async () => {
    const { open, receive } = held()
    const broker = await testBroker([gate], { receive })
    const client = await RawClient.loggedIn(broker, 'gate-1')
    client.send(packet(0x34, text(topic), [0, 5], Buffer.from('1')))
    await until(() => open.length === 1)
    client.send(Buffer.from([0xc0, 0]))
    expect((await client.answers(2)).toString('hex')).toBe('d000')
    open[0]?.keep()
    expect((await client.answers(6)).toString('hex')).toBe('d00050020005')
    client.send(packet(0x62, [0, 5]))
    expect((await client.answers(10)).toString('hex')).toBe('d0005002000570020005')
  })
})

describe('what receive is given', () => {
  test('no will and no status: those are not readings', async () => {
    const said: string[] = []
    const broker = await testBroker([gate], { onStatus: (id, payload) => said.push(`${id}: ${payload}`) })
    const client = await RawClient.loggedIn(broker, 'gate-1', { will: ['status/gate-1', 'offline'] })
    client.send(publishPacket('status/gate-1', 'online', 3))
    expect((await client.answers(4)).toString('hex')).toBe('40020003')
    client.socket.destroy()
    await until(() => said.length === 2)
    expect(said).toEqual(['gate-1: online', 'gate-1: offline'])
    expect(broker.received).toEqual([])
  })
})

describe('closing', () => {
  test('takes no more, and acknowledges what was taken and is kept in time', async () => {
    const { open, receive } = held()
    const said: string[] = []
    const broker = await testBroker([gate], { receive, onStatus: (_id, payload) => said.push(payload) })
    const client = await RawClient.loggedIn(broker, 'gate-1', { will: ['status/gate-1', 'offline'] })
    client.send(publishPacket(topic, '1', 1))
    await until(() => open.length === 1)
    const closed = broker.close()
    client.send(publishPacket(topic, '2', 2))
    setTimeout(() => open[0]?.keep(), 50)
    expect((await client.closes()).toString('hex')).toBe('40020001')
    await closed
    expect(broker.received).toHaveLength(1)
    expect(said).toEqual([])
    await expect(RawClient.open(broker)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  })

  test('does not wait for ever', async () => {
    const { open, receive } = held()
    const broker = await testBroker([gate], { receive, limits: { closeTimeoutMs: 50 } })
    const client = await RawClient.loggedIn(broker, 'gate-1')
    client.send(publishPacket(topic, '1', 1))
    await until(() => open.length === 1)
    await broker.close()
    expect((await client.closes()).length).toBe(0)
    afterwards(() => open[0]?.keep())
  })
})
