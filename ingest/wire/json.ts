import { isUtf8 } from 'node:buffer'
import { whereJsonFails } from './json-place.ts'
import type { WireFault } from './parsed.ts'

export type Decoded = { readonly kind: 'json'; readonly json: unknown } | ({ readonly kind: 'fault' } & WireFault)

/** The payload as text. Bytes that are no UTF-8 become U+FFFD; whoever fails on the text looks at the bytes. */
export function textOf(payload: Uint8Array): string {
  return Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString('utf8')
}

/** Parses JSON; a fault says what is wrong and at which character. */
export function decodeJson(payload: Uint8Array, text: string): Decoded {
  try {
    return { kind: 'json', json: JSON.parse(text) }
  } catch {
    if (payload.length === 0) return { kind: 'fault', reason: 'wrong-shape', detail: 'the payload is empty' }
    if (!isUtf8(payload))
      return { kind: 'fault', reason: 'not-text', detail: 'the payload is neither a number nor JSON: it is not text' }
    return { kind: 'fault', reason: 'not-json', detail: `the payload is not JSON: ${placeOf(text)}` }
  }
}

// Nobody looks for a character in a longer message, and a frame full of brackets takes ten milliseconds to walk over.
const locatedLengthMax = 4_096

function placeOf(text: string): string {
  if (text.length > locatedLengthMax) return 'it is cut off or malformed'
  const at = whereJsonFails(text) ?? text.length
  if (at >= text.length) return `unexpected end at character ${text.length}`
  return `unexpected ${JSON.stringify(text[at])} at character ${at + 1}`
}
