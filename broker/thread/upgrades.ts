import { mkdtempSync, rmSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { peerHeader } from './messages.ts'

/**
 * Passes WebSocket upgrades on to the broker's thread. A socket that came in here cannot be handed over to a thread, so
 * its bytes go through a socket of the file system, in a folder that only this user may enter.
 */
export class Upgrades {
  readonly path: string
  readonly #folder: string | undefined

  constructor() {
    if (process.platform === 'win32') {
      this.path = `\\\\.\\pipe\\lengthsman-${process.pid}-${Math.random().toString(36).slice(2)}`
      return
    }
    this.#folder = mkdtempSync(join(tmpdir(), 'lengthsman-'))
    this.path = join(this.#folder, 'mqtt')
  }

  /** The request as it came, with one header more: from where. */
  pass(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const thread = connect(this.path)
    const end = () => {
      thread.destroy()
      socket.destroy()
    }
    for (const side of [thread, socket]) side.on('error', end).on('close', end)
    thread.write(headOf(request))
    thread.write(head)
    socket.pipe(thread).pipe(socket)
  }

  close(): void {
    if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true, force: true })
  }
}

function headOf({ method, url, rawHeaders, socket }: IncomingMessage): string {
  const lines = [`${method} ${url} HTTP/1.1`]
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? ''
    if (name.toLowerCase() !== peerHeader) lines.push(`${name}: ${rawHeaders[at + 1]}`)
  }
  if (socket.remoteAddress !== undefined) lines.push(`${peerHeader}: ${socket.remoteAddress}`)
  return `${lines.join('\r\n')}\r\n\r\n`
}
