import { HangUp, type Session } from './session.ts'
import type { Reason } from './version5/index.ts'

// Milliseconds in which a client must have read its farewell and closed; who does not is not waited for.
const farewellMs = 5_000
// Bytes that may still be on their way to it; a farewell behind more would not be read in time.
const unreadMax = 65_536

/**
 * Closes a connection. A client of MQTT 5 is told why in a DISCONNECT; MQTT 3.1.1 has no such packet for a server. To
 * one that is still sending, a socket closed at once would be reset, and the reset overtakes what it has not read yet:
 * what it sends is read and dropped until it has closed its side.
 */
export function hangUp(session: Session, code: Reason, why: string): void {
  const { conn, version5 } = session
  if (conn.destroyed) return
  // Nothing more is read from it.
  session.denied = true
  const end = new HangUp(why)
  if (version5 === undefined || conn.writableEnded || conn.writableLength > unreadMax) {
    conn.destroy(end)
    return
  }
  conn.end(version5.farewell(code, why))
  const drop = () => {
    while (session.readBytes() !== null);
  }
  conn.on('readable', drop)
  conn.once('end', () => conn.destroy(end))
  drop()
  const timer = setTimeout(() => conn.destroy(end), farewellMs).unref()
  conn.once('close', () => clearTimeout(timer))
}
