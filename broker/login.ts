import type { AuthErrorCode, AuthenticateError, Client, ConnectPacket } from 'aedes'
import type { Logger } from 'pino'
import type { DeviceAuthentication } from '../city/index.ts'
import type { BrokerLimits } from './limits.ts'
import { statusTopic } from './permissions.ts'
import { type DeviceRates, HangUp, type Session, sessionOf } from './session.ts'
import type { BrokerStats } from './stats.ts'
import { TokenBucket } from './token-bucket.ts'

export type LoginParts = {
  authenticate(device: string, secret: string): DeviceAuthentication
  readonly limits: BrokerLimits
  readonly stats: BrokerStats
  readonly log: Logger
  /** Monotonic milliseconds. */
  elapsed(): number
  onLogin(session: Session): void
}

/** [MQTT-3.2.2-4] The return codes of a CONNACK. */
const identifierRejected = 2
const serverUnavailable = 3
const notAuthorised = 5

// Characters of what a stranger calls itself that go into the log.
const loggedMax = 64

type Refused = { readonly returnCode: number; readonly reason: string }

/**
 * Lets devices in. The device's id is user name and client id at once, so that nobody can take over the connection of
 * another [MQTT-3.1.4-2]; whoever brings no client id is given the device's [MQTT-3.1.3-6].
 */
export class Logins {
  readonly #parts: LoginParts
  /** Kept across connections, or a reconnect would refill them. As many as there are devices in the registry. */
  readonly #rates = new Map<string, DeviceRates>()

  constructor(parts: LoginParts) {
    this.#parts = parts
  }

  /**
   * Before Aedes looks at the CONNECT. Every session is clean: Aedes would keep a lasting one, and all that is sent to
   * it while it is away, without any bound. A client that asked for a lasting session reads `session present = 0`
   * [MQTT-3.2.2-3] and subscribes again; what it missed, it can ask the HTTP API for.
   * A keep-alive of none or of days is shortened instead of refused, for which MQTT 3.1.1 has no return code.
   */
  prepare(client: Client, packet: ConnectPacket): boolean {
    const session = sessionOf(client)
    if (session === undefined) return false
    const { keepaliveSecondsMax } = this.#parts.limits
    packet.clean = true
    if (packet.clientId === '') packet.clientId = packet.username ?? ''
    const keepalive = packet.keepalive ?? 0
    if (keepalive === 0 || keepalive > keepaliveSecondsMax) packet.keepalive = keepaliveSecondsMax
    session.clientId = packet.clientId
    if (packet.will) {
      // It is kept as long as the connection; without a copy it would keep the socket's buffer with it.
      packet.will.payload = Buffer.from(packet.will.payload as Buffer)
      session.will = { topic: packet.will.topic, payload: packet.will.payload }
    }
    return true
  }

  authenticate(
    client: Client,
    user: string | undefined,
    password: Buffer | undefined,
    done: (error: AuthenticateError | null, success: boolean | null) => void,
  ): void {
    const session = sessionOf(client)
    const refused =
      session === undefined ? { returnCode: notAuthorised, reason: 'no session' } : this.#judge(session, user, password)
    if (refused === undefined) {
      done(null, true)
      return
    }
    this.#parts.stats.refusedConnects += 1
    const { returnCode, reason } = refused
    // Whoever was told to come back later may try hundreds of times a second; that is counted, not written down.
    const level = returnCode === serverUnavailable ? 'debug' : 'info'
    this.#parts.log[level]({ user: user?.slice(0, loggedMax), reason }, 'refused a CONNECT')
    done(withCode(refused), null)
  }

  #judge(session: Session, user: string | undefined, password: Buffer | undefined): Refused | undefined {
    const { limits, stats, elapsed } = this.#parts
    if (!session.address.mayLogIn(elapsed())) {
      stats.loginsLimited += 1
      return { returnCode: serverUnavailable, reason: 'too many failed log-ins from its address' }
    }
    const answer = this.#parts.authenticate(user ?? '', password?.toString('utf8') ?? '')
    if (answer.kind === 'refused') {
      session.address.loginFailed(elapsed())
      return { returnCode: notAuthorised, reason: answer.reason }
    }
    const { device } = answer
    if (session.clientId !== device.id) {
      return { returnCode: identifierRejected, reason: 'the client id is not the id of the device' }
    }
    const reason = willFault(session, device.id, limits)
    if (reason !== undefined) return { returnCode: notAuthorised, reason }
    session.login = { device, rates: this.#ratesOf(device.id) }
    this.#parts.onLogin(session)
    return undefined
  }

  #ratesOf(device: string): DeviceRates {
    const known = this.#rates.get(device)
    if (known !== undefined) return known
    const { messagesPerDevice, bytesPerDevice } = this.#parts.limits
    const at = this.#parts.elapsed()
    const rates = { messages: new TokenBucket(messagesPerDevice, at), bytes: new TokenBucket(bytesPerDevice, at) }
    this.#rates.set(device, rates)
    return rates
  }
}

function willFault(session: Session, device: string, limits: BrokerLimits): string | undefined {
  const { will } = session
  if (will === undefined) return undefined
  if (will.topic !== statusTopic(device)) return `its will is not on ${statusTopic(device)}`
  if (will.payload.length > limits.statusBytesMax) return `its will has more than ${limits.statusBytesMax} bytes`
  return undefined
}

function withCode({ returnCode, reason }: Refused): AuthenticateError {
  return Object.assign(new HangUp(reason), { returnCode: returnCode as AuthErrorCode })
}
