import type { Server } from 'node:http'
import type { Duplex } from 'node:stream'
import type { BrokerView } from '../broker-view.ts'

/**
 * Hands WebSockets at `/mqtt` to the broker. They log in by MQTT with a device's own credential and no cookie counts
 * there, so a page of another site gains nothing by opening one. Gives a function that ends those still open.
 */
export function forwardUpgrades(server: Server, broker: BrokerView): () => void {
  const open = new Set<Duplex>()
  server.on('upgrade', (request, socket, head) => {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
    // Until the broker listens itself, a reset of the far end must not end the process.
    socket.on('error', () => socket.destroy())
    if (request.url?.split('?')[0] === '/mqtt') broker.handleUpgrade(request, socket, head)
    else socket.end('HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n')
  })
  return () => {
    for (const socket of open) socket.destroy()
  }
}
