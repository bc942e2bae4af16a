import { isUtf8 } from 'node:buffer'

// Enough to see what a device sends; a frame of 64 KB a thousand times over is nobody's reading matter.
export const payloadKeptBytesMax = 4_096

// Tab, line feed and carriage return are text; the other control characters are not.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const unprintable = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/

/** The payload as text where it is text, else as hexadecimal digits, cut to 4 KB of payload. */
export function showPayload(payload: Uint8Array): string {
  const whole = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength)
  const bytes = whole.subarray(0, payloadKeptBytesMax)
  if (!isUtf8(whole)) return bytes.toString('hex')
  // A character cut in two at the end shows as U+FFFD; it was whole before.
  const text = bytes.toString('utf8')
  const trimmed = whole.length > bytes.length ? text.replace(/\ufffd+$/, '') : text
  return unprintable.test(trimmed) ? bytes.toString('hex') : trimmed
}
