import type { AuthErrorCode, AuthenticateError, Client, ConnectPacket } from 'aedes'
import type { Logger } from 'pino'
import type { Device, DeviceAuthentication, Instant } from '../city/index.ts'
import { type Anonymous, anonymousClientId, anonymousDevice } from './anonymous.ts'
import type { BrokerLimits } from './limits.ts'
import { LoginAllowances } from './login-allowances.ts'
import type { RefusedLogin } from './login-failures.ts'
import { judgePublish, statusTopic } from './permissions.ts'
import { type DeviceRates, HangUp, type Login, type Session, sessionOf } from './session.ts'
import type { BrokerStats } from './stats.ts'
import { TokenBucket } from './token-bucket.ts'
import { type Reason, reason as reasonCode } from './version5/index.ts'

type Answer = DeviceAuthentication | Promise<DeviceAuthentication>

export type LoginParts = {
  authenticate(device: string, secret: string): Answer
  certified?(device: string): Answer
  readonly anonymous: Anonymous
  onRefused(login: RefusedLogin): void
  now(): Instant
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

// Characters of what a stranger calls itself that are written down and remembered: as many as a device's id may have.
const loggedMax = 64

/** `reason` is for us, `told` for a client of MQTT 5; 3.1.1 has only the return code. */
type Refused = {
  readonly returnCode: number
  readonly reason: string
  readonly told: string
  readonly code: Reason
}

/**
 * Lets devices in. The device's id is user name and client id at once, so that nobody can take over the connection of
 * another [MQTT-3.1.4-2]; whoever brings no client id is given the device's [MQTT-3.1.3-6]. A client certificate that
 * names the device stands for the secret.
 */
export class Logins {
  readonly #parts: LoginParts
  readonly #allowances: LoginAllowances
  /** Kept across connections, or a reconnect would refill them. As many as there are devices in the registry. */
  readonly #rates = new Map<string, DeviceRates>()
  /** Clients of `anonymous: 'full'` whose session outlives their connection. */
  readonly #lasting = new Set<string>()

  constructor(parts: LoginParts) {
    this.#parts = parts
    this.#allowances = new LoginAllowances(parts.limits.loginFailuresPerName)
  }

  /**
   * Before Aedes looks at the CONNECT. Every session is clean: Aedes would keep a lasting one, and all that is sent to
   * it while it is away, without any bound. A client that asked for a lasting session reads `session present = 0`
   * [MQTT-3.2.2-3] and subscribes again; what it missed, it can ask the HTTP API for.
   * A keep-alive of none or of days is shortened instead of refused, for which MQTT 3.1.1 has no return code. It is
   * watched by `Connections`, because Aedes does not see the telemetry that shows a device to be alive.
   */
  prepare(client: Client, packet: ConnectPacket): boolean {
    const session = sessionOf(client)
    if (session === undefined) return false
    const { keepaliveSecondsMax } = this.#parts.limits
    if (packet.clientId === '') packet.clientId = this.#clientIdFor(session, packet.username)
    packet.clean = packet.clean !== false || !this.#maySessionLast(packet.clientId)
    if (packet.clean) this.#lasting.delete(packet.clientId)
    const asked = packet.keepalive ?? 0
    const keepalive = asked === 0 || asked > keepaliveSecondsMax ? keepaliveSecondsMax : asked
    // [MQTT-3.1.2-24] One and a half times the keep-alive.
    session.silenceMaxMs = keepalive * 1_500
    packet.keepalive = 0
    session.clientId = packet.clientId
    session.version5?.grant(packet.clientId, keepalive)
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
    const answered = (refused: Refused | undefined) => {
      if (refused === undefined) done(null, true)
      else this.#refuse(session, user, refused, done)
    }
    if (session === undefined) answered(noSession)
    else this.#judge(session, user, password).then(answered, (error) => done(error, null))
  }

  #refuse(
    session: Session | undefined,
    user: string | undefined,
    refused: Refused,
    done: (error: AuthenticateError, success: null) => void,
  ): void {
    const device = (user ?? session?.clientId ?? '').slice(0, loggedMax)
    const { reason } = refused
    this.#parts.stats.refusedConnects += 1
    // Whoever was told to come back later may try hundreds of times a second; that is counted, not written down.
    const isLimited = refused.returnCode === serverUnavailable
    this.#parts.log[isLimited ? 'debug' : 'info']({ device, reason }, 'refused a CONNECT')
    if (!isLimited) {
      const address = session?.address.name ?? ''
      this.#parts.onRefused({ device, address, reason, at: this.#parts.now() })
    }
    session?.version5?.refuse(refused.code, refused.told)
    done(withCode(refused), null)
  }

  #clientIdFor(session: Session, user: string | undefined): string {
    if (this.#parts.anonymous === 'full') return anonymousClientId()
    return user ?? session.certified[0] ?? ''
  }

  #maySessionLast(clientId: string): boolean {
    const { anonymous, limits } = this.#parts
    if (anonymous !== 'full') return false
    if (!this.#lasting.has(clientId) && this.#lasting.size >= limits.lastingSessionsMax) return false
    this.#lasting.add(clientId)
    return true
  }

  async #judge(session: Session, user: string | undefined, password: Buffer | undefined): Promise<Refused | undefined> {
    const { limits, elapsed, anonymous } = this.#parts
    if (anonymous === 'full') {
      this.#enter(session, { device: anonymousDevice(session.clientId), rates: this.#freshRates() })
      return undefined
    }
    const { address } = session
    const name = (user ?? session.clientId).slice(0, loggedMax)
    if (!this.#allowances.mayTry(address.name, name, elapsed())) return this.#limited()
    const answer = await this.#ask(session, user, password)
    if (answer.kind === 'refused') {
      this.#allowances.failed(address.name, name, elapsed())
      if (!address.mayFail(elapsed())) return this.#limited()
      // A stranger does not learn which of the three it is, or it could ask us for the names of all devices.
      const told = 'unknown device, wrong secret, or revoked: see the device in the registry'
      return { returnCode: notAuthorised, reason: answer.reason, told, code: reasonCode.notAuthorized }
    }
    const { device } = answer
    if (session.clientId !== device.id) {
      const reason = 'the client id is not the id of the device'
      return { returnCode: identifierRejected, reason, told: reason, code: reasonCode.clientIdentifierNotValid }
    }
    const reason = willFault(session, device, limits)
    if (reason !== undefined) return { returnCode: notAuthorised, reason, told: reason, code: reasonCode.notAuthorized }
    this.#enter(session, { device, rates: this.#ratesOf(device.id) })
    return undefined
  }

  #limited(): Refused {
    this.#parts.stats.loginsLimited += 1
    const reason = 'too many failed log-ins by this name or from this address'
    return {
      returnCode: serverUnavailable,
      reason,
      told: `${reason}; try again later`,
      code: reasonCode.serverUnavailable,
    }
  }

  /** With a password, that decides; without one, a certificate that names the device does. */
  #ask(session: Session, user: string | undefined, password: Buffer | undefined): Answer {
    const { authenticate, certified } = this.#parts
    const name = user ?? session.clientId
    if (password === undefined && session.certified.length > 0 && certified !== undefined) {
      return session.certified.includes(name) ? certified(name) : { kind: 'refused', reason: 'unknown device' }
    }
    return authenticate(user ?? '', password?.toString('utf8') ?? '')
  }

  #enter(session: Session, login: Login): void {
    // It may have hung up while we asked.
    if (session.conn.destroyed) return
    session.login = login
    this.#parts.onLogin(session)
  }

  #ratesOf(device: string): DeviceRates {
    const known = this.#rates.get(device)
    if (known !== undefined) return known
    const rates = this.#freshRates()
    this.#rates.set(device, rates)
    return rates
  }

  #freshRates(): DeviceRates {
    const { messagesPerDevice, bytesPerDevice } = this.#parts.limits
    const at = this.#parts.elapsed()
    return { messages: new TokenBucket(messagesPerDevice, at), bytes: new TokenBucket(bytesPerDevice, at) }
  }
}

const noSession: Refused = {
  returnCode: notAuthorised,
  reason: 'no session',
  told: 'no session',
  code: reasonCode.unspecified,
}

function willFault(session: Session, device: Device, limits: BrokerLimits): string | undefined {
  const { will } = session
  if (will === undefined) return undefined
  const status = statusTopic(device.id)
  // The death certificate of a Sparkplug node is a will on a topic that it was granted.
  if (will.topic !== status && judgePublish(device, will.topic).kind !== 'foreign')
    return `its will is not on ${status}`
  if (will.payload.length > limits.statusBytesMax) return `its will has more than ${limits.statusBytesMax} bytes`
  return undefined
}

function withCode({ returnCode, reason }: Refused): AuthenticateError {
  return Object.assign(new HangUp(reason), { returnCode: returnCode as AuthErrorCode })
}
