import { binaryOf, Fields, variableBytes } from './fields.ts'
import { type Fault, malformed, protocolError } from './reason.ts'

/** Table 2-4 of MQTT 5: what a property is called here, how it is written, and its bounds. */
const kinds = {
  1: ['payloadFormat', 'flag'],
  2: ['messageExpiry', 'four'],
  3: ['contentType', 'text'],
  8: ['responseTopic', 'text'],
  9: ['correlationData', 'binary'],
  11: ['subscriptionIdentifier', 'variable'],
  17: ['sessionExpiry', 'four'],
  18: ['assignedClientIdentifier', 'text'],
  19: ['serverKeepAlive', 'two'],
  21: ['authenticationMethod', 'text'],
  22: ['authenticationData', 'binary'],
  23: ['requestProblemInformation', 'flag'],
  24: ['willDelay', 'four'],
  25: ['requestResponseInformation', 'flag'],
  31: ['reasonString', 'text'],
  33: ['receiveMaximum', 'positive two'],
  34: ['topicAliasMaximum', 'two'],
  35: ['topicAlias', 'two'],
  37: ['retainAvailable', 'flag'],
  38: ['userProperty', 'pair'],
  39: ['maximumPacketSize', 'positive four'],
  40: ['wildcardSubscriptionAvailable', 'flag'],
  42: ['sharedSubscriptionAvailable', 'flag'],
} as const
type Code = keyof typeof kinds
type Kind = (typeof kinds)[Code][1]
type Value<K extends Kind> = K extends 'text' | 'binary' ? Buffer : number

type Named = {
  [C in Code as (typeof kinds)[C][1] extends 'pair' ? never : (typeof kinds)[C][0]]?: Value<(typeof kinds)[C][1]>
}
/** The properties of a packet. User properties are counted, and passed on as the bytes they came in. */
export type Properties = Named & { userProperties?: number }

const allowed = {
  connect: [17, 21, 22, 23, 25, 33, 34, 38, 39],
  will: [1, 2, 3, 8, 9, 24, 38],
  publish: [1, 2, 3, 8, 9, 35, 38],
  acknowledgement: [31, 38],
  subscribe: [11, 38],
  unsubscribe: [38],
  disconnect: [17, 31, 38],
} as const satisfies Readonly<Record<string, readonly Code[]>>
export type PropertySet = keyof typeof allowed
const allowedIn = new Map<PropertySet, ReadonlySet<number>>(
  Object.entries(allowed).map(([set, codes]) => [set as PropertySet, new Set<number>(codes)]),
)

// User properties of one packet, which cost a few bytes each; more than any device has to say.
const userPropertiesMax = 64

/**
 * Reads a packet's properties, with their length before them. A property that does not belong there, comes twice, or is
 * out of bounds is a fault [MQTT-2.2.2-2].
 */
export function readProperties(fields: Fields, bytes: Buffer, set: PropertySet): Properties | Fault {
  const length = fields.variable()
  if (length === undefined || length > fields.left) return malformed('the properties are cut short')
  const own = new Fields(bytes, fields.at, fields.at + length)
  fields.at += length
  const properties: Record<string, number | Buffer> = {}
  while (own.left > 0) {
    const code = own.variable()
    if (code === undefined || !(code in kinds)) return malformed(`there is no property ${code}`)
    if (!allowedIn.get(set)?.has(code)) return protocolError(`property ${code} does not belong in a ${set} packet`)
    const [name, kind] = kinds[code as Code]
    if (kind === 'pair') {
      const count = ((properties['userProperties'] as number | undefined) ?? 0) + 1
      if (own.text() === undefined || own.text() === undefined) return malformed('a user property is cut short')
      if (count > userPropertiesMax) return protocolError(`more than ${userPropertiesMax} user properties`)
      properties['userProperties'] = count
      continue
    }
    if (name in properties) return protocolError(`${name} comes twice`)
    const value = readValue(own, kind)
    if (value === undefined) return malformed(`${name} is cut short or not lawful`)
    if (isOutOfBounds(kind, value)) return protocolError(`${name} of ${value}`)
    properties[name] = value
  }
  return properties as Properties
}

export function isFault(value: object): value is Fault {
  return 'fault' in value
}

function readValue(fields: Fields, kind: Exclude<Kind, 'pair'>): number | Buffer | undefined {
  switch (kind) {
    case 'flag':
      return fields.byte()
    case 'two':
    case 'positive two':
      return fields.twoBytes()
    case 'four':
    case 'positive four':
      return fields.fourBytes()
    case 'variable':
      return fields.variable()
    case 'text':
      return fields.text()
    case 'binary':
      return fields.binary()
  }
}

function isOutOfBounds(kind: Kind, value: number | Buffer): boolean {
  if (typeof value !== 'number') return false
  return kind === 'flag' ? value > 1 : (kind.startsWith('positive') || kind === 'variable') && value === 0
}

const codeOf = new Map(Object.entries(kinds).map(([code, [name]]) => [name as string, Number(code)]))

/** Writes properties, with their length before them. What is `undefined` is left out. */
export function writeProperties(properties: Properties): Buffer {
  const parts: Buffer[] = []
  for (const [name, value] of Object.entries(properties)) {
    const code = codeOf.get(name)
    if (code === undefined || value === undefined) continue
    parts.push(Buffer.from([code]), writeValue(kinds[code as Code][1], value))
  }
  const body = Buffer.concat(parts)
  return Buffer.concat([Buffer.from(variableBytes(body.length)), body])
}

function writeValue(kind: Kind, value: number | Buffer): Buffer {
  if (typeof value !== 'number') return binaryOf(value)
  const size = kind.endsWith('two') ? 2 : kind.endsWith('four') ? 4 : 1
  if (kind === 'variable') return Buffer.from(variableBytes(value))
  const bytes = Buffer.alloc(size)
  bytes.writeUIntBE(value, 0, size)
  return bytes
}
