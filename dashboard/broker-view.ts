import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'

/** What the dashboard needs of the broker; the composition root hands it over, so that neither knows the other. */
export type BrokerView = {
  isConnected(device: string): boolean
  connectedCount(): number
  /** Ends the device's connection now: its credential is no longer good. */
  disconnect(device: string): void
  stats(): BrokerFigures
  /** MQTT over WebSocket. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
}

/** Counters since the start; all of them are served at `/metrics`, `messagesIn` also feeds the live rates. */
export type BrokerFigures = { readonly messagesIn: number } & Readonly<Record<string, unknown>>
