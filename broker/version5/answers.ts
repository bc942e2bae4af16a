import { packetOf } from './fields.ts'
import { type Properties, writeProperties } from './properties.ts'
import { type Reason, reason } from './reason.ts'

/** Packets of MQTT 5 that are written here and not by Aedes. */

// Characters of a reason given to a client. Whatever it is told fits into the smallest packet anyone asks for.
const reasonLengthMax = 256

function reasonProperty(text: string | undefined): Properties {
  return text === undefined ? {} : { reasonString: Buffer.from(text.slice(0, reasonLengthMax)) }
}

/** The reason is left out where the packet would be larger than the client takes [MQTT-3.2.2-19] and the like. */
function withinSize(bytesMax: number, write: (text: string | undefined) => Buffer, text: string | undefined): Buffer {
  const bytes = write(text)
  return bytes.length <= bytesMax ? bytes : write(undefined)
}

export function connackOf(code: Reason, properties: Properties, text: string | undefined, bytesMax: number): Buffer {
  const write = (shown: string | undefined) =>
    packetOf(0x20, [0, code], writeProperties({ ...properties, ...reasonProperty(shown) }))
  return withinSize(bytesMax, write, text)
}

export function disconnectOf(code: Reason, text: string | undefined, bytesMax: number): Buffer {
  return withinSize(bytesMax, (shown) => packetOf(0xe0, [code], writeProperties(reasonProperty(shown))), text)
}

/** PUBACK (0x40) or PUBREC (0x50) of a message that is not taken. */
export function refusalOf(
  type: 0x40 | 0x50,
  identifier: number,
  code: Reason,
  text: string | undefined,
  bytesMax: number,
): Buffer {
  const write = (shown: string | undefined) =>
    packetOf(type, [identifier >> 8, identifier & 0xff, code], writeProperties(reasonProperty(shown)))
  return withinSize(bytesMax, write, text)
}

/** The reason code of MQTT 5 for a return code of MQTT 3.1.1. */
export function codeOfReturnCode(returnCode: number): Reason {
  switch (returnCode) {
    case 0:
      return reason.success
    case 1:
      return reason.unsupportedVersion
    case 2:
      return reason.clientIdentifierNotValid
    case 3:
      return reason.serverUnavailable
    case 4:
      return reason.badUserNameOrPassword
    default:
      return reason.notAuthorized
  }
}
