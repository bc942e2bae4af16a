import { binaryOf, Fields, packetOf } from './fields.ts'
import { isFault, type Properties, readProperties } from './properties.ts'
import { type Fault, faultOf, malformed, protocolError, reason } from './reason.ts'

/** What a client asked for in its CONNECT, and holds us to for as long as it is connected. */
export type Terms = {
  /** Messages of QoS 1 and 2 it takes before it has acknowledged one of them. */
  readonly receiveMax: number
  /** Bytes of the largest packet it takes. */
  readonly packetBytesMax: number
  /** Whether it wants reason strings with what is not a CONNACK or DISCONNECT [MQTT-3.1.2-29]. */
  readonly wantsReasons: boolean
  /** Seconds. It is told that its session ends with its connection where it asked for more. */
  readonly sessionExpiry: number
  /** Seconds. It is told where it is held to less. */
  readonly keepalive: number
  /** It brought no client id, and is told which it was given. */
  readonly isNameless: boolean
  /** Topic aliases that it takes. */
  readonly topicAliasMax: number
  /** What its will is published with, as the bytes it came in. */
  readonly willProperties: Buffer | undefined
}

export type Version5Connect = {
  readonly terms: Terms
  /** The same CONNECT in the form of MQTT 3.1.1, with a clean session. */
  readonly legacy: Buffer
}

/** Whether the body of a CONNECT is one of MQTT 5. */
export function isVersion5(body: Buffer): boolean {
  return body.length >= 7 && body.readUInt16BE(0) === 4 && body.toString('latin1', 2, 6) === 'MQTT' && body[6] === 5
}

const protocolHeaderBytes = 7
const cleanFlag = 0x02
const willFlag = 0x04
const willRetainFlag = 0x20
const passwordFlag = 0x40
const userFlag = 0x80

const receiveMaxDefault = 65_535
const packetBytesUnlimited = 268_435_460

/** Judges the body of a CONNECT as section 3.1 of MQTT 5 asks, and says what it means to a broker of MQTT 3.1.1. */
export function readConnect(body: Buffer): Version5Connect | Fault {
  const fields = new Fields(body, protocolHeaderBytes, body.length)
  const flags = fields.byte()
  const keepalive = fields.twoBytes()
  if (flags === undefined || keepalive === undefined) return malformed('the CONNECT is cut short')
  const flagsFault = faultOfFlags(flags)
  if (flagsFault !== undefined) return flagsFault
  const properties = readProperties(fields, body, 'connect')
  if (isFault(properties)) return properties
  if (properties.authenticationMethod !== undefined) {
    const detail = 'there is no enhanced authentication; log in with user name and password'
    return faultOf(reason.badAuthenticationMethod, detail, 'MQTT-4.12.0-1')
  }
  if (properties.authenticationData !== undefined) return protocolError('authentication data without a method')
  const payload = readPayload(fields, body, flags)
  if (isFault(payload)) return payload
  return { terms: termsOf(properties, keepalive, payload), legacy: legacyOf(flags, keepalive, payload) }
}

function faultOfFlags(flags: number): Fault | undefined {
  if (flags & 0x01) return malformed('the reserved flag is set', 'MQTT-3.1.2-3')
  const willQos = (flags >> 3) & 3
  if (willQos === 3) return malformed('a will of QoS 3', 'MQTT-3.1.2-12')
  if (!(flags & willFlag) && willQos !== 0) return malformed('a will QoS without a will', 'MQTT-3.1.2-11')
  if (!(flags & willFlag) && flags & willRetainFlag) return malformed('will retain without a will', 'MQTT-3.1.2-13')
  return undefined
}

type Will = { readonly properties: Buffer; readonly topic: Buffer; readonly message: Buffer }

type Payload = {
  readonly clientId: Buffer
  readonly will?: Will
  readonly user?: Buffer
  readonly password?: Buffer
}

function readPayload(fields: Fields, body: Buffer, flags: number): Payload | Fault {
  const clientId = fields.text()
  if (clientId === undefined) return malformed('the client id is missing or not UTF-8', 'MQTT-3.1.3-4')
  const will = flags & willFlag ? readWill(fields, body) : undefined
  if (will !== undefined && isFault(will)) return will
  const user = flags & userFlag ? fields.text() : undefined
  if (flags & userFlag && user === undefined) return malformed('the user name is missing or not UTF-8', 'MQTT-3.1.3-12')
  const password = flags & passwordFlag ? fields.binary() : undefined
  if (flags & passwordFlag && password === undefined) return malformed('the password is cut short')
  if (fields.left > 0) return malformed('bytes after the last field')
  return {
    clientId,
    ...(will === undefined ? {} : { will }),
    ...(user === undefined ? {} : { user }),
    ...(password === undefined ? {} : { password }),
  }
}

/** The will's delay needs no keeping: it never outlasts the session [MQTT-3.1.3-9], which ends with the connection. */
function readWill(fields: Fields, body: Buffer): Will | Fault {
  const propertiesAt = fields.at
  const read = readProperties(fields, body, 'will')
  if (isFault(read)) return read
  const own = new Fields(body, propertiesAt, fields.at)
  own.variable()
  // A copy, because it is kept as long as the connection.
  const properties = Buffer.from(body.subarray(own.at, fields.at))
  const topic = fields.text()
  if (topic === undefined) return malformed('the will topic is missing or not UTF-8', 'MQTT-3.1.3-11')
  if (topic.length === 0) return malformed('the will topic is empty', 'MQTT-4.7.3-1')
  if (topic.includes('#') || topic.includes('+')) {
    return faultOf(reason.topicNameInvalid, 'the will topic holds a wildcard', 'MQTT-3.3.2-2')
  }
  const message = fields.binary()
  return message === undefined ? malformed('the will message is cut short') : { properties, topic, message }
}

function termsOf(properties: Properties, keepalive: number, { clientId, will }: Payload): Terms {
  return {
    receiveMax: properties.receiveMaximum ?? receiveMaxDefault,
    packetBytesMax: properties.maximumPacketSize ?? packetBytesUnlimited,
    wantsReasons: properties.requestProblemInformation !== 0,
    sessionExpiry: properties.sessionExpiry ?? 0,
    keepalive,
    isNameless: clientId.length === 0,
    topicAliasMax: properties.topicAliasMaximum ?? 0,
    willProperties: will?.properties,
  }
}

/** A password without a user name, which MQTT 3.1.1 does not know, is that of the client id. */
function legacyOf(flags: number, keepalive: number, { clientId, will, user, password }: Payload): Buffer {
  const name = user ?? (password === undefined ? undefined : clientId)
  const kept = flags & ~(cleanFlag | userFlag)
  const parts: Buffer[] = [
    Buffer.from([kept | cleanFlag | (name === undefined ? 0 : userFlag), keepalive >> 8, keepalive & 0xff]),
  ]
  parts.push(binaryOf(clientId))
  if (will !== undefined) parts.push(binaryOf(will.topic), binaryOf(will.message))
  if (name !== undefined) parts.push(binaryOf(name))
  if (password !== undefined) parts.push(binaryOf(password))
  return packetOf(0x10, binaryOf('MQTT'), [4], ...parts)
}
