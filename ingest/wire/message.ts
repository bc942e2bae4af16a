import type { Instant } from '../../city/index.ts'
import type { WireFault } from './parsed.ts'

/** What a device published, as the broker hands it to ingest. */
export type Message = {
  readonly device: string
  readonly topic: string
  /** A view into the bytes that came in: whoever keeps it for longer than the call takes a copy. */
  readonly payload: Uint8Array
  readonly receivedAt: Instant
  /**
   * Called before the message counts as kept, if nothing of it became a reading: it is in quarantine then, and whoever
   * sent it may be told why.
   */
  readonly onRefused?: ((fault: WireFault) => void) | undefined
}

/**
 * Takes a published message. Resolves once what it holds is kept (or put into quarantine), and only then may the PUBACK
 * leave; rejects when it can not be kept now: the broker then closes the connection without a PUBACK and the device
 * sends again.
 */
export type MessageReceiver = (message: Message) => Promise<void>
