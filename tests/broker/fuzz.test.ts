import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from '@jest/globals'
import { seeded } from '../support/randomness.ts'
import { connect5, mutated, samples5Of, samplesOf } from './support/mutations.ts'
import { connectPacket, packet, RawClient } from './support/raw.ts'
import { connected, device, testBroker, turn, until } from './support/test-broker.ts'

/*
 * Fifty thousand mutated packets of MQTT 3.1, 3.1.1 and 5, most of them behind a good CONNECT. Whatever comes, nothing is thrown, nothing but
 * lawful telemetry of the device's own assets reaches `receive`, no connection is left over, and a healthy device is
 * served as before. Another seed: FUZZ_SEED=7.
 */
const seed = Number(process.env['FUZZ_SEED'] ?? 20_260_504)
const packetCount = 50_000
const packetsPerConnection = 25
const connectionsAtOnce = 100

/** A device for each attacker, or they would only take over each other's connection. */
const attackers = Array.from({ length: connectionsAtOnce }, (_, index) => device(`gate-${index}`, ['pump-01']))

test('fifty thousand mutated packets break nothing', async () => {
  const random = seeded(seed)
  const troubles: unknown[] = []
  const onTrouble = (trouble: unknown) => troubles.push(trouble)
  process.on('uncaughtException', onTrouble)
  process.on('unhandledRejection', onTrouble)
  const broker = await testBroker([...attackers, device('healthy', ['pump-02'])], {
    // Every mutated log-in is a failure; this is not what is tested here.
    limits: { loginFailuresPerName: { perSecond: 1e6, burst: 1e6 } },
  })
  const healthy = await connected(broker, 'healthy')

  const attack = async (id: string) => {
    const version = [3, 4, 5][Math.floor(random() * 3)]
    const samples = version === 5 ? samples5Of(id) : samplesOf(id)
    const client = await RawClient.open(broker)
    if (random() < 0.75) {
      if (version === 5) client.send(connect5(id))
      else client.send(connectPacket(id, version === 3 ? { protocol: 'MQIsdp', level: 3 } : {}))
      await client.answers(4)
    }
    for (let count = 0; count < packetsPerConnection; count += 1) {
      const pick = () => samples[Math.floor(random() * samples.length)] ?? packet(0xc0)
      client.send(mutated(pick(), random))
      await new Promise((resolve) => setImmediate(resolve))
      // A good one between, so that what the mutated one left behind is worked with.
      if (random() < 0.5) client.send(pick())
    }
    client.socket.end()
    await client.closes()
  }
  for (let done = 0; done < packetCount; done += packetsPerConnection * connectionsAtOnce) {
    await Promise.all(attackers.map(({ id }) => attack(id)))
  }

  const context = `seed ${seed}`
  await turn(healthy, 'healthy')
  await healthy.publishAsync('telemetry/pump-02/flow', '1', { qos: 1 })
  await until(() => broker.connectedCount() === 1)
  process.off('uncaughtException', onTrouble)
  process.off('unhandledRejection', onTrouble)
  expect({ context, troubles }).toEqual({ context, troubles: [] })
  const unlawful = broker.received
    .map(({ device: id, topic }) => `${id === 'healthy' ? 'healthy' : 'attacker'} ${topic}`)
    .filter((line) => !/^(attacker telemetry\/pump-01|healthy telemetry\/pump-02)(\/[^/+#]+)?$/.test(line))
  expect({ context, unlawful }).toEqual({ context, unlawful: [] })
  // The mutations reached every part: what the guard refuses, what permissions deny, and what is received.
  expect(broker.stats().malformed).toBeGreaterThan(300)
  expect(broker.stats().messagesIn).toBeGreaterThan(10)
}, 120_000)

test('sixty thousand of them leave nothing behind in memory', async () => {
  const child = join(import.meta.dirname, 'support', 'fuzz-child.ts')
  const rounds = 6
  const argv = ['--expose-gc', '--import', 'tsx', child, `${seed}`, '10000', `${rounds}`]
  const { stdout } = await promisify(execFile)(process.execPath, argv)
  const { after, malformed, messagesIn }: { after: number[]; malformed: number; messagesIn: number } =
    JSON.parse(stdout)
  expect(after).toHaveLength(rounds)
  expect([malformed > 300, messagesIn > 10]).toEqual([true, true])
  // In the first two rounds code is still being compiled and tables find their size. Then come 40,000 packets over
  // 1,600 connections: forgetting a connection's session would keep 10 KB of each, one packet of each 40 bytes and more.
  const [, second = 0] = after
  const grown = (after.at(-1) ?? 0) - second
  expect({ context: `seed ${seed}`, after, isGrown: grown > 1_000_000 }).toMatchObject({ isGrown: false })
}, 300_000)
