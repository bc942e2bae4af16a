import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { createWebSocketStream, WebSocketServer } from 'ws'
import type { Address } from './addresses.ts'
import type { BrokerLimits } from './limits.ts'
import { HangUp } from './session.ts'
import type { BrokerStats } from './stats.ts'

export type WebSocketParts = {
  readonly limits: BrokerLimits
  readonly stats: BrokerStats
  enter(socket: Duplex, remoteAddress: string | undefined): Address | undefined
  accept(conn: Duplex, address: Address, request: IncomingMessage): void
}

export type WebSocketDoor = { handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void }

// Bytes of a WebSocket message above the largest PUBLISH: its header, and small packets sent along in the same message.
const messageBytesSlack = 65_536

/** MQTT over WebSocket (section 6 of MQTT 3.1.1): the same streams, guard and limits as over TCP. */
export function webSocketDoor({ limits, stats, enter, accept }: WebSocketParts): WebSocketDoor {
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    // Compression would let a few bytes become megabytes, and costs a window of memory for each connection.
    perMessageDeflate: false,
    maxPayload: limits.publishBytesMax + messageBytesSlack,
    // [MQTT-6.0.0-4]
    handleProtocols: (protocols) => (protocols.has('mqtt') ? 'mqtt' : false),
  })
  return {
    handleUpgrade(request, socket, head) {
      // [MQTT-6.0.0-3]
      if (!offersMqtt(request)) {
        stats.malformed += 1
        refuse(socket, '400 Bad Request', 'the WebSocket subprotocol must be "mqtt"')
        return
      }
      const address = enter(socket, request.socket.remoteAddress)
      if (address === undefined) return
      server.handleUpgrade(request, socket, head, (webSocket) => {
        const conn = createWebSocketStream(webSocket)
        webSocket.prependListener('message', (_data, isBinary) => {
          if (isBinary || conn.destroyed) return
          // [MQTT-6.0.0-1]
          stats.malformed += 1
          conn.destroy(new HangUp('a WebSocket text message [MQTT-6.0.0-1]'))
        })
        accept(conn, address, request)
      })
    },
  }
}

function offersMqtt(request: IncomingMessage): boolean {
  const offered = request.headers['sec-websocket-protocol'] ?? ''
  return offered.split(',').some((protocol) => protocol.trim() === 'mqtt')
}

function refuse(socket: Duplex, status: string, reason: string): void {
  socket.once('error', () => socket.destroy())
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: text/plain\r\n\r\n${reason}\n`)
}
