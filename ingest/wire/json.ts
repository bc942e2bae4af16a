import { isUtf8 } from 'node:buffer'
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
    return { kind: 'fault', reason: 'not-json', detail: `the payload is not JSON: ${whereJsonFails(text)}` }
  }
}

// Finding the place costs some ten more attempts; a long broken message must not be a way to keep us busy.
const locatedLengthMax = 4_096

function whereJsonFails(text: string): string {
  if (text.length > locatedLengthMax) return 'it is cut off or malformed'
  // The engine's own message names the place only sometimes. A prefix that is merely unfinished fails at its end;
  // once the wrong character is in, every longer prefix fails for it.
  let fine = 0
  let wrong = text.length + 1
  while (wrong - fine > 1) {
    const middle = (fine + wrong) >> 1
    if (mayContinue(text.slice(0, middle))) fine = middle
    else wrong = middle
  }
  if (wrong > text.length) return `unexpected end at character ${text.length}`
  return `unexpected ${JSON.stringify(text[wrong - 1])} at character ${wrong}`
}

function mayContinue(prefix: string): boolean {
  try {
    JSON.parse(prefix)
    return true
  } catch (error) {
    const message = (error as Error).message
    if (/end of JSON|Unterminated string/i.test(message)) return true
    const position = /position (\d+)/.exec(message)?.[1]
    return position !== undefined && Number(position) >= prefix.length
  }
}
