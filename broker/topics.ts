import { isUtf8 } from 'node:buffer'
import type { FrameFault } from './frames.ts'

const publishType = 3
const subscribeType = 8
const unsubscribeType = 10

/**
 * Judges the topics in a whole packet of MQTT 3.1.1 while they are still bytes: once decoded, what was not UTF-8 can no
 * longer be told from U+FFFD.
 */
export function topicsFault(packet: Uint8Array, type: number, bodyAt: number, end: number): FrameFault | undefined {
  if (type === publishType) return textFault(packet, bodyAt, end, 'the topic', 'MQTT-3.3.2-1')
  if (type === subscribeType) return filtersFault(packet, bodyAt + 2, end, 1, 'MQTT-3.8.3-1')
  if (type === unsubscribeType) return filtersFault(packet, bodyAt + 2, end, 0, 'MQTT-3.10.3-1')
  return undefined
}

/** @param optionBytes what follows each filter: the QoS in a SUBSCRIBE */
function filtersFault(
  packet: Uint8Array,
  from: number,
  end: number,
  optionBytes: number,
  clause: string,
): FrameFault | undefined {
  let at = from
  while (at < end) {
    const fault = textFault(packet, at, end - optionBytes, 'a topic filter', clause)
    if (fault !== undefined) return fault
    at += 2 + lengthAt(packet, at) + optionBytes
  }
  return undefined
}

function textFault(packet: Uint8Array, at: number, end: number, what: string, clause: string): FrameFault | undefined {
  const length = lengthAt(packet, at)
  if (at + 2 + length > end) return malformed(`${what} is cut short`, 'MQTT-4.8.0-1')
  if (length === 0) return malformed(`${what} is empty`, 'MQTT-4.7.3-1')
  const bytes = packet.subarray(at + 2, at + 2 + length)
  if (!isUtf8(bytes)) return malformed(`${what} is not UTF-8`, clause)
  return bytes.includes(0) ? malformed(`${what} holds U+0000`, 'MQTT-1.5.3-2') : undefined
}

function lengthAt(packet: Uint8Array, at: number): number {
  return ((packet[at] ?? 0) << 8) | (packet[at + 1] ?? 0)
}

function malformed(detail: string, clause: string): FrameFault {
  return { kind: 'malformed', detail, clause }
}
