import { expect, test } from '@jest/globals'
import { connected, device, testBroker, turn } from './support/test-broker.ts'

/*
 * Thirty devices, each on its own topics and on those of every other: publish and subscribe, MQTT 3.1.1 and 5. What is its
 * own is granted, all else denied; one that got through would be seen by `receive` or by the device it belongs to.
 */
const count = 30
const devices = Array.from({ length: count }, (_, index) =>
  device(`device-${index}`, [`asset-${index}`], [`tickets/${index}`]),
)
const topicsOf = (index: number) => [
  `telemetry/asset-${index}/flow`,
  `telemetry/asset-${index}`,
  `status/device-${index}`,
]
const filtersOf = (index: number) => [
  `errors/device-${index}`,
  `tickets/${index}`,
  `status/device-${index}`,
  `telemetry/asset-${index}/#`,
]

test.each([4, 5] as const)('protocol version %i: nobody hears another’s topics', async (protocolVersion) => {
  const broker = await testBroker(devices)
  let denied = 0
  for (const [index, { id }] of devices.entries()) {
    const client = await connected(broker, id, { protocolVersion })
    const filters = devices.flatMap((_, other) => filtersOf(other))
    const granted = new Set<string>()
    client.on('packetreceive', (packet) => {
      if (packet.cmd !== 'suback') return
      for (const [place, code] of packet.granted.entries()) {
        if ((code as number) < 0x80) granted.add(filters[place] ?? '')
        else denied += 1
      }
    })
    await client.subscribeAsync(filters, { qos: 1 }).catch(() => {})
    await turn(client, id)
    expect([...granted].sort()).toEqual([`errors/${id}`, `tickets/${index}`])
    await client.endAsync()
  }
  expect(denied).toBe(count * (count * 4 - 2))
  expect(broker.stats().subscribesDenied).toBe(denied)
})

test('MQTT 5: each publish on another’s topic is refused, on an own one accepted', async () => {
  const broker = await testBroker(devices)
  for (const [index, { id }] of devices.entries()) {
    const client = await connected(broker, id, { protocolVersion: 5 })
    const outcomes = await Promise.allSettled(
      devices.flatMap((_, other) => topicsOf(other).map((topic) => client.publishAsync(topic, '1', { qos: 1 }))),
    )
    const accepted = outcomes.flatMap(({ status }, place) => (status === 'fulfilled' ? [place] : []))
    expect(accepted).toEqual([index * 3, index * 3 + 1, index * 3 + 2])
    await client.endAsync()
  }
  expect(broker.stats().aclDenied).toBe(count * (count - 1) * 3)
  const wrong = broker.received.filter(({ device: id, topic }) => !topic.includes(`asset-${id.replace('device-', '')}`))
  expect(wrong).toEqual([])
  expect(broker.received).toHaveLength(count * 2)
})

test('MQTT 3.1.1: each publish on another’s topic ends the connection', async () => {
  const limits = { connectsPerAddress: { perSecond: 1e6, burst: 1e6 } }
  const broker = await testBroker(devices, { limits })
  const pairs = devices.flatMap((_, index) => devices.flatMap((__, other) => (other === index ? [] : [[index, other]])))
  for (let from = 0; from < pairs.length; from += count - 1) {
    // All of one device, one after the other: a second connection of its own would only take over from the first.
    for (const [index = 0, other = 0] of pairs.slice(from, from + count - 1)) {
      const client = await connected(broker, `device-${index}`)
      const closed = new Promise((resolve) => client.once('close', () => resolve('closed')))
      client.publish(topicsOf(other)[(index + other) % 3] ?? '', '1', { qos: 1 }, () => {})
      expect(await closed).toBe('closed')
    }
  }
  expect(broker.stats().aclDenied).toBe(pairs.length)
  expect(broker.received).toEqual([])
}, 60_000)
