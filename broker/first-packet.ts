import { connectFault, connectProgress } from './connect-packet.ts'
import { hangUp } from './farewell.ts'
import type { BrokerLimits } from './limits.ts'
import { HangUp, type Session } from './session.ts'
import type { BrokerStats } from './stats.ts'
import { type Carried, converse, isFault, isVersion5, reason, refusedConnack } from './version5/index.ts'

export type FirstPacketParts = {
  readonly limits: BrokerLimits
  readonly carried: Carried
  readonly stats: BrokerStats
  /** Monotonic milliseconds. */
  elapsed(): number
}

/**
 * The one packet that a stranger may send: a CONNECT of a few kilobytes. Here it shows whether the connection is one of
 * MQTT 5, which is translated from then on, so that Aedes sees one of MQTT 3.1.1.
 */
export class FirstPacket {
  readonly #session: Session
  readonly #parts: FirstPacketParts
  /** The pieces of a CONNECT that is not whole yet. */
  #gathered: Buffer | undefined
  /** It is whole, or refused: nothing more is read as a CONNECT. */
  isOver = false

  constructor(session: Session, parts: FirstPacketParts) {
    this.#session = session
    this.#parts = parts
  }

  /** The CONNECT for Aedes, once it is whole and found lawful. What came after it goes back into the stream. */
  add(chunk: Buffer): Buffer | null {
    const bytes = this.#gathered === undefined ? chunk : Buffer.concat([this.#gathered, chunk])
    const progress = connectProgress(bytes, this.#parts.limits.connectBytesMax)
    if (progress.kind === 'wrong') return this.#close(progress.tooLarge ? 'oversized' : 'malformed', progress.detail)
    if (progress.kind === 'incomplete') {
      this.#gathered = bytes
      return null
    }
    const { bodyAt, end } = progress
    const body = bytes.subarray(bodyAt, end)
    if (isVersion5(body)) {
      const legacy = this.#translate(body)
      if (legacy !== null) this.#finish(bytes, end)
      return legacy
    }
    const fault = connectFault(body)
    if (fault?.kind === 'malformed') return this.#close('malformed', `${fault.detail} [${fault.clause}]`)
    if (fault !== undefined) return this.#refuse(fault.returnCode)
    this.#finish(bytes, end)
    return bytes.subarray(0, end)
  }

  #finish(bytes: Buffer, end: number): void {
    this.isOver = true
    this.#gathered = undefined
    // A logger on a mobile link sends CONNECT, PUBLISH and DISCONNECT in one go and hangs up.
    if (bytes.length > end) this.#session.conn.unshift(bytes.subarray(end))
  }

  #translate(body: Buffer): Buffer | null {
    const { carried, elapsed, limits, stats } = this.#parts
    const { conn } = this.#session
    const connect = converse(conn, body, limits, {
      propertiesOf: (payload) => carried.of(payload, elapsed()),
      onOverflow: () => {
        if (this.#session.denied) return
        stats.slowReaders += 1
        hangUp(this.#session, reason.quotaExceeded, 'does not acknowledge what it is sent')
      },
    })
    if (isFault(connect)) {
      this.isOver = true
      stats.malformed += 1
      conn.end(refusedConnack(connect), () => conn.destroy(new HangUp(connect.detail)))
      return null
    }
    this.#session.version5 = connect.conversation
    return connect.legacy
  }

  #close(kind: 'malformed' | 'oversized', detail: string): null {
    this.#parts.stats[kind] += 1
    hangUp(this.#session, reason.malformedPacket, detail)
    return null
  }

  /** [MQTT-3.2.2-5] A CONNACK with the return code, then the close. Aedes never learns of this CONNECT. */
  #refuse(returnCode: number): null {
    const { conn } = this.#session
    this.#parts.stats.refusedConnects += 1
    this.isOver = true
    conn.end(Buffer.from([0x20, 2, 0, returnCode]), () => conn.destroy())
    return null
  }
}
