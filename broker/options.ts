import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Logger } from 'pino'
import type { DeviceAuthentication, Instant } from '../city/index.ts'
import type { MessageReceiver } from '../ingest/wire/index.ts'
import type { Anonymous } from './anonymous.ts'
import type { BrokerLimits } from './limits.ts'
import type { LoginFailures, RefusedLogin } from './login-failures.ts'
import type { BrokerStats } from './stats.ts'

export type TlsOptions = {
  readonly port: number
  readonly certFile: string
  readonly keyFile: string
  /**
   * Given: a client must show a certificate signed by this authority. One that names a device (common name, or DNS
   * alternative name) logs that device in without a secret.
   */
  readonly caFile?: string
  /** `optional`: with `caFile`, a client may show no certificate and bring its secret. By default it must. */
  readonly clients?: 'required' | 'optional'
}

export type BrokerOptions = {
  readonly host: string
  /** 0 takes any free port; `Broker.port` says which. */
  readonly port: number
  readonly tls?: TlsOptions
  /** In constant time; asked once per CONNECT. */
  authenticate(device: string, secret: string): DeviceAuthentication | Promise<DeviceAuthentication>
  /** The device that a client certificate names; absent: a certificate logs nobody in. */
  certified?(device: string): DeviceAuthentication | Promise<DeviceAuthentication>
  /** A device's first connection is logged in, or its last one is closed. */
  onConnected?(device: string, isConnected: boolean): void
  /** A log-in was refused: wrong secret, unknown or revoked device, or not its own client id. */
  onRefused?(login: RefusedLogin): void
  /** `full`: a plain broker without credentials, for conformance suites; refused unless `host` is loopback. */
  readonly anonymous?: Anonymous
  /** Its promise holds the PUBACK back. Messages of one batch may share one promise. */
  readonly receive: MessageReceiver
  /** A device's own `status/{device}`: its birth, its will, or what it says of itself. Not a reading. */
  onStatus?(device: string, payload: string): void
  now(): Instant
  readonly log: Logger
  readonly limits?: Partial<BrokerLimits>
}

export type Broker = {
  readonly port: number
  readonly tlsPort: number | undefined
  /** From us to devices and crews: `tickets/{crew}`, `alarms/{asset}`, `errors/{device}`. QoS 1 for who subscribed so. */
  publish(topic: string, payload: string | Uint8Array, options?: { readonly retain?: boolean }): void
  /** MQTT over WebSocket: the HTTP server hands over the upgrade of its `/mqtt`. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
  isConnected(device: string): boolean
  connectedCount(): number
  /**
   * Closes the device's connections at once. A connection keeps the permissions it logged in with, so this is also what
   * makes a changed list of assets, or a revocation, take effect.
   */
  disconnect(device: string): void
  stats(): BrokerStats
  /** Refused log-ins by the name that was tried, the last first. */
  loginFailures(): readonly LoginFailures[]
  /** Takes no more, lets what was taken be kept and acknowledged (bounded by `closeTimeoutMs`), then closes. */
  close(): Promise<void>
}
