import { HangUp, type Session } from './session.ts'
import type { Reason } from './version5/index.ts'

// Milliseconds in which a farewell must have left; who does not read it is not waited for.
const farewellMs = 1_000

/** Closes a connection. A client of MQTT 5 is told why in a DISCONNECT; MQTT 3.1.1 has no such packet for a server. */
export function hangUp(session: Session, code: Reason, why: string): void {
  const { conn, version5 } = session
  if (conn.destroyed) return
  // Nothing more is read from it.
  session.denied = true
  const end = new HangUp(why)
  if (version5 === undefined || conn.writableEnded || conn.writableLength > 0) {
    conn.destroy(end)
    return
  }
  conn.end(version5.farewell(code, why), () => conn.destroy(end))
  setTimeout(() => conn.destroy(end), farewellMs).unref()
}
