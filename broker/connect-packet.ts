import { isUtf8 } from 'node:buffer'

/** What is wrong with a CONNECT: broken, so the socket is closed; or refused with a CONNACK of this return code. */
export type ConnectFault =
  | { readonly kind: 'malformed'; readonly detail: string; readonly clause: string }
  | { readonly kind: 'refused'; readonly returnCode: 1 | 2; readonly detail: string; readonly clause: string }

/** How far a CONNECT has come in. */
export type ConnectProgress =
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'complete'; readonly bodyAt: number; readonly end: number }
  | { readonly kind: 'wrong'; readonly detail: string; readonly tooLarge: boolean }

/** [MQTT-3.1.0-1] The first packet must be a CONNECT; nothing larger than `bytesMax` is waited for. */
export function connectProgress(bytes: Buffer, bytesMax: number): ConnectProgress {
  if (bytes.length > 0 && bytes[0] !== 0x10) {
    return { kind: 'wrong', detail: 'the first packet is not a CONNECT', tooLarge: false }
  }
  let length = 0
  for (let index = 1; index <= 4; index += 1) {
    const byte = bytes[index]
    if (byte === undefined) return { kind: 'incomplete' }
    length += (byte & 0x7f) * 128 ** (index - 1)
    if (byte >= 0x80) continue
    const end = index + 1 + length
    if (end > bytesMax) return { kind: 'wrong', detail: `CONNECT of ${end} bytes`, tooLarge: true }
    return bytes.length < end ? { kind: 'incomplete' } : { kind: 'complete', bodyAt: index + 1, end }
  }
  return { kind: 'wrong', detail: 'a remaining length of more than four bytes', tooLarge: false }
}

/** MQTT 3.1.1, and 3.1 of which many loggers in the field still are. */
const levelOf: Readonly<Record<string, number>> = { MQTT: 4, MQIsdp: 3 }

const willFlag = 0x04
const willRetainFlag = 0x20
const passwordFlag = 0x40
const userFlag = 0x80

/**
 * Judges the body of a CONNECT as section 3.1 of MQTT 3.1.1 asks; Aedes' own parser lets much of this pass. Whether the
 * device may come in is asked elsewhere.
 */
export function connectFault(body: Buffer): ConnectFault | undefined {
  const fields = new Fields(body)
  const name = fields.text()
  const level = fields.byte()
  const flags = fields.byte()
  const keepalive = fields.number()
  if (name === undefined || level === undefined || !(name in levelOf)) {
    return malformed('the protocol is not MQTT', 'MQTT-3.1.2-1')
  }
  if (level !== levelOf[name]) return refused(1, `protocol level ${level}`, 'MQTT-3.1.2-2')
  if (flags === undefined || keepalive === undefined) return malformed('the CONNECT is cut short', 'MQTT-4.8.0-1')
  return flagsFault(flags) ?? payloadFault(flags, fields)
}

function flagsFault(flags: number): ConnectFault | undefined {
  if (flags & 0x01) return malformed('the reserved flag is set', 'MQTT-3.1.2-3')
  const willQos = (flags >> 3) & 3
  if (willQos === 3) return malformed('a will of QoS 3', 'MQTT-3.1.2-14')
  if (!(flags & willFlag) && willQos !== 0) return malformed('a will QoS without a will', 'MQTT-3.1.2-13')
  if (!(flags & willFlag) && flags & willRetainFlag) return malformed('will retain without a will', 'MQTT-3.1.2-15')
  if (!(flags & userFlag) && flags & passwordFlag) return malformed('a password without a user', 'MQTT-3.1.2-22')
  return undefined
}

function payloadFault(flags: number, fields: Fields): ConnectFault | undefined {
  const clientId = fields.text()
  if (clientId === undefined) return malformed('the client id is missing or not UTF-8', 'MQTT-3.1.3-4')
  if (flags & willFlag) {
    const topic = fields.text()
    if (topic === undefined) return malformed('the will topic is missing or not UTF-8', 'MQTT-3.1.3-10')
    if (topic === '') return malformed('the will topic is empty', 'MQTT-4.7.3-1')
    if (/[#+]/.test(topic)) return malformed('the will topic holds a wildcard', 'MQTT-3.3.2-2')
    if (fields.bytes() === undefined) return malformed('the will message is cut short', 'MQTT-4.8.0-1')
  }
  if (flags & userFlag && fields.text() === undefined) {
    return malformed('the user name is missing or not UTF-8', 'MQTT-3.1.3-11')
  }
  if (flags & passwordFlag && fields.bytes() === undefined)
    return malformed('the password is cut short', 'MQTT-4.8.0-1')
  if (!fields.atEnd()) return malformed('bytes after the last field', 'MQTT-4.8.0-1')
  // [MQTT-3.1.3-7] Who brings no client id must ask for a clean session.
  if (clientId === '' && !(flags & 0x02)) return refused(2, 'no client id and no clean session', 'MQTT-3.1.3-8')
  return undefined
}

/** Reads the fields of a packet in their order; `undefined` where one is missing or, for text, not lawful. */
class Fields {
  readonly #body: Buffer
  #at = 0

  constructor(body: Buffer) {
    this.#body = body
  }

  byte(): number | undefined {
    const byte = this.#body[this.#at]
    this.#at += 1
    return byte
  }

  number(): number | undefined {
    if (this.#at + 2 > this.#body.length) return undefined
    this.#at += 2
    return this.#body.readUInt16BE(this.#at - 2)
  }

  bytes(): Buffer | undefined {
    const length = this.number()
    if (length === undefined || this.#at + length > this.#body.length) return undefined
    this.#at += length
    return this.#body.subarray(this.#at - length, this.#at)
  }

  /** [MQTT-1.5.3-1] well-formed UTF-8 (so no surrogates), [MQTT-1.5.3-2] without U+0000. */
  text(): string | undefined {
    const bytes = this.bytes()
    if (bytes === undefined || !isUtf8(bytes) || bytes.includes(0)) return undefined
    return bytes.toString('utf8')
  }

  atEnd(): boolean {
    return this.#at === this.#body.length
  }
}

function malformed(detail: string, clause: string): ConnectFault {
  return { kind: 'malformed', detail, clause }
}

function refused(returnCode: 1 | 2, detail: string, clause: string): ConnectFault {
  return { kind: 'refused', returnCode, detail, clause }
}
