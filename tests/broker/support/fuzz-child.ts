import { connect } from 'node:net'
import pino from 'pino'
import { startBroker } from '../../../broker/index.ts'
import { seeded } from '../../support/randomness.ts'
import { authenticator, device, host } from './devices.ts'
import { connect5, mutated, samples5Of, samplesOf } from './mutations.ts'
import { connectPacket, packet } from './packets.ts'

/*
 * A broker and its attackers in a process of their own, which can collect its garbage when it likes: says how much it
 * holds after each round of mutated packets. Arguments: seed, packets a round, rounds.
 */
const [seed = 0, packetsPerRound = 0, rounds = 0] = process.argv.slice(2).map(Number)
const packetsPerConnection = 25
const connectionsAtOnce = 50

const random = seeded(seed)
const attackers = Array.from({ length: connectionsAtOnce }, (_, index) => device(`gate-${index}`, ['pump-01']))
const broker = await startBroker({
  host,
  port: 0,
  authenticate: authenticator(attackers),
  now: Date.now,
  log: pino({ level: 'silent' }),
  receive: async () => {},
  limits: { loginFailuresPerName: { perSecond: 1e6, burst: 1e6 } },
})

/** Resolves when the connection is closed, by whomever. */
function attack(id: string): Promise<void> {
  const version = [3, 4, 5][Math.floor(random() * 3)]
  const samples = version === 5 ? samples5Of(id) : samplesOf(id)
  const pick = () => samples[Math.floor(random() * samples.length)] ?? packet(0xc0)
  return new Promise((resolve) => {
    const socket = connect({ host, port: broker.port, noDelay: true })
    socket.on('error', () => {})
    socket.on('close', () => resolve())
    // Unread, it would never hear of its end.
    socket.resume()
    socket.once('connect', async () => {
      const legacy = version === 3 ? { protocol: 'MQIsdp', level: 3 } : {}
      if (random() < 0.75) socket.write(version === 5 ? connect5(id) : connectPacket(id, legacy))
      for (let count = 0; count < packetsPerConnection && !socket.destroyed; count += 1) {
        socket.write(mutated(pick(), random))
        await new Promise((turned) => setImmediate(turned))
      }
      socket.end()
    })
  })
}

/** What is held when all that can go has gone. */
async function held(): Promise<number> {
  while (broker.connectedCount() > 0) await new Promise((turned) => setTimeout(turned, 10))
  for (let time = 0; time < 3; time += 1) {
    await new Promise((turned) => setTimeout(turned, 20))
    globalThis.gc?.()
  }
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

const after: number[] = []
for (let round = 0; round < rounds; round += 1) {
  for (let sent = 0; sent < packetsPerRound; sent += packetsPerConnection * connectionsAtOnce) {
    await Promise.all(attackers.map(({ id }) => attack(id)))
  }
  after.push(await held())
}
const { malformed, messagesIn } = broker.stats()
process.stdout.write(JSON.stringify({ after, malformed, messagesIn }))
await broker.close()
