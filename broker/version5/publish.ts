import { Fields, isLawfulText, variableBytes } from './fields.ts'
import { isFault, type Properties, readProperties } from './properties.ts'
import { type Fault, faultOf, malformed, protocolError, reason } from './reason.ts'

/** A PUBLISH of MQTT 5, with the places of its parts in the buffer it came in. */
export type Publish = {
  readonly qos: number
  /** 0 with QoS 0. */
  readonly identifier: number
  /** Empty where an alias stands for it. */
  readonly topic: Buffer
  readonly properties: Properties
  /** The properties as they came, without their length. */
  readonly propertiesAt: number
  readonly payloadAt: number
}

const noProperties: Properties = {}

/** @param bodyAt where the variable header begins; `end` is where the packet ends */
export function readPublish(bytes: Buffer, flags: number, bodyAt: number, end: number): Publish | Fault {
  const fields = new Fields(bytes, bodyAt, end)
  const topic = fields.binary()
  if (topic === undefined) return malformed('PUBLISH with a topic longer than itself')
  const qos = (flags >> 1) & 3
  const identifier = qos === 0 ? 0 : fields.twoBytes()
  if (identifier === undefined) return malformed('PUBLISH without room for its packet identifier')
  if (qos > 0 && identifier === 0) return protocolError('packet identifier 0', 'MQTT-2.2.1-3')
  let properties = noProperties
  let propertiesAt = fields.at + 1
  if (bytes[fields.at] === 0 && fields.left > 0) fields.at += 1
  else {
    const length = new Fields(bytes, fields.at, end).variable() ?? 0
    propertiesAt = fields.at + variableBytes(length).length
    const read = readProperties(fields, bytes, 'publish')
    if (isFault(read)) return read
    properties = read
  }
  const publish = { qos, identifier, topic, properties, propertiesAt, payloadAt: fields.at }
  return faultOfPublish(publish) ?? publish
}

function faultOfPublish({ topic, properties }: Publish): Fault | undefined {
  if (topic.length === 0 && properties.topicAlias === undefined) {
    return protocolError('PUBLISH with neither topic nor alias', 'MQTT-4.7.3-1')
  }
  if (!isLawfulText(topic)) return malformed('the topic is not lawful UTF-8', 'MQTT-3.3.2-1')
  if (hasWildcard(topic)) return faultOf(reason.topicNameInvalid, 'the topic holds a wildcard', 'MQTT-3.3.2-2')
  const { responseTopic } = properties
  if (responseTopic !== undefined && hasWildcard(responseTopic)) {
    return protocolError('the response topic holds a wildcard', 'MQTT-3.3.2-14')
  }
  return undefined
}

function hasWildcard(topic: Buffer): boolean {
  return topic.includes('#') || topic.includes('+')
}

/** The same message in the form of MQTT 3.1.1. One buffer, once written. */
export function legacyPublish(
  firstByte: number,
  topic: Buffer,
  { qos, identifier, payloadAt }: Publish,
  bytes: Buffer,
  end: number,
): Buffer {
  const length = 2 + topic.length + (qos > 0 ? 2 : 0) + end - payloadAt
  const lengthSize = length < 128 ? 1 : length < 16_384 ? 2 : length < 2_097_152 ? 3 : 4
  const packet = Buffer.allocUnsafe(1 + lengthSize + length)
  packet[0] = firstByte
  let rest = length
  for (let place = 1; place <= lengthSize; place += 1, rest >>>= 7) {
    packet[place] = place < lengthSize ? (rest & 0x7f) | 0x80 : rest
  }
  let at = packet.writeUInt16BE(topic.length, 1 + lengthSize)
  at += topic.copy(packet, at)
  if (qos > 0) at = packet.writeUInt16BE(identifier, at)
  bytes.copy(packet, at, payloadAt, end)
  return packet
}
