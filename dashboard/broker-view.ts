import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Instant } from '../city/index.ts'

/** What the dashboard needs of the broker; the composition root hands it over, so that neither knows the other. */
export type BrokerView = {
  /** Where devices reach it; `undefined` where it is not served. */
  readonly port: number
  readonly tlsPort: number | undefined
  isConnected(device: string): boolean
  connectedCount(): number
  /** Ends the device's connection now: its credential is no longer good. */
  disconnect(device: string): void
  stats(): BrokerFigures
  /** Refused log-ins by the name that was tried. */
  loginFailures(): readonly LoginFailure[]
  /** MQTT over WebSocket. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
}

export type LoginFailure = {
  readonly device: string
  readonly address: string
  readonly reason: string
  readonly at: Instant
  readonly count: number
}

/** Counters since the start; all of them are served at `/metrics`, `messagesIn` also feeds the live rates. */
export type BrokerFigures = { readonly messagesIn: number } & Readonly<Record<string, unknown>>
