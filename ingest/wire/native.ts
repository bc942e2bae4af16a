import { type Quality, qualities } from '../reading.ts'
import { decodeJson, textOf } from './json.ts'
import type { Message } from './message.ts'
import { parseObservedAt } from './observed-at.ts'
import {
  type Parsed,
  readingsOr,
  readingsPerMessageMax,
  refused,
  tooMany,
  type WireFault,
  type WireReading,
} from './parsed.ts'
import { isSenml, type KnowsSensor, parseSenml } from './senml.ts'
import { bareNumber, checkValue, insteadOfText, plainDecimal, quoted } from './value.ts'

export const nativePrefix = 'telemetry/'

const noFaults: readonly WireFault[] = []
const exampleOne = '3.2 or {"value":3.2,"observedAt":"2026-05-04T10:00:00Z"}'
const exampleMany = '{"observedAt":"2026-05-04T10:00:00Z","values":{"pressure":3.2,"flow":41}}'

/** `telemetry/{asset}/{quantity}` with one value, `telemetry/{asset}` with several, or with a SenML pack. */
export function parseNative(message: Message, knows: KnowsSensor): Parsed {
  const name = message.topic.slice(nativePrefix.length)
  const slash = name.indexOf('/')
  if (slash < 0 && name !== '') return parseSeveral(message, name, knows)
  if (slash <= 0 || slash === name.length - 1 || name.includes('/', slash + 1))
    return refused(
      'unknown-topic',
      `topic ${quoted(message.topic)}: expected telemetry/{asset}/{quantity} or telemetry/{asset}`,
    )
  return parseOne(message, name)
}

function parseOne(message: Message, sensor: string): Parsed {
  const plain = plainDecimal(message.payload)
  if (plain !== undefined) return single({ sensor, value: plain, observedAt: message.receivedAt })
  const text = textOf(message.payload)
  const bare = bareNumber(text)
  if (bare !== undefined) return single({ sensor, value: bare, observedAt: message.receivedAt })
  const decoded = decodeJson(message.payload, text)
  if (decoded.kind === 'fault') return refuseText(text, decoded)
  const { json } = decoded
  if (!isObject(json)) {
    if (Array.isArray(json))
      return refused('wrong-shape', `the payload is a list: expected ${exampleOne}; lists go to telemetry/{asset}`)
    const value = checkValue(json, 'value')
    return typeof value === 'number'
      ? single({ sensor, value, observedAt: message.receivedAt })
      : { kind: 'refused', ...value }
  }
  if (json['value'] === undefined) return refused('wrong-shape', `the payload has no "value": expected ${exampleOne}`)
  const value = checkValue(json['value'], 'value')
  if (typeof value !== 'number') return { kind: 'refused', ...value }
  const stamp = stampOf(json, message)
  return isFault(stamp) ? { kind: 'refused', ...stamp } : single({ sensor, value, ...stamp })
}

/** `3,2` and `NaN` are no JSON, but it is clear what was meant. */
function refuseText(text: string, fault: WireFault): Parsed {
  const trimmed = text.trim()
  const instead = insteadOfText(trimmed)
  if (fault.reason === 'not-json' && instead !== 'send a number')
    return refused('not-a-number', `value ${quoted(trimmed)} is text: ${instead}`)
  return refused(fault.reason, fault.detail)
}

function parseSeveral(message: Message, asset: string, knows: KnowsSensor): Parsed {
  const decoded = decodeJson(message.payload, textOf(message.payload))
  if (decoded.kind === 'fault') return refused(decoded.reason, decoded.detail)
  if (isSenml(decoded.json)) return parseSenml(decoded.json, message, asset, knows)
  const records = Array.isArray(decoded.json) ? decoded.json : [decoded.json]
  if (records.length > readingsPerMessageMax) return tooMany(records.length)
  const items: WireReading[] = []
  const faults: WireFault[] = []
  for (const [index, record] of records.entries()) {
    const fault = readRecord(record, message, asset, items, faults)
    if (fault !== undefined)
      faults.push(records.length === 1 ? fault : { ...fault, detail: `item ${index + 1}: ${fault.detail}` })
    if (items.length + faults.length > readingsPerMessageMax) return tooMany(items.length + faults.length)
  }
  return readingsOr(items, faults, {
    reason: 'wrong-shape',
    detail: `the payload holds no values: expected ${exampleMany}`,
  })
}

/** Adds the record's values to `items`, each bad one to `faults`; returns what is wrong with the record as a whole. */
function readRecord(
  record: unknown,
  message: Message,
  asset: string,
  items: WireReading[],
  faults: WireFault[],
): WireFault | undefined {
  if (!isObject(record) || !isObject(record['values']))
    return { reason: 'wrong-shape', detail: `there is no object "values": expected ${exampleMany}` }
  const stamp = stampOf(record, message)
  if (isFault(stamp)) return stamp
  const values = record['values']
  const { observedAt, quality } = stamp
  for (const quantity of Object.keys(values)) {
    const value = checkValue(values[quantity], quantity)
    if (typeof value === 'number') items.push({ sensor: `${asset}/${quantity}`, value, observedAt, quality })
    else faults.push(value)
  }
  return undefined
}

type Stamp = { readonly observedAt: number; readonly quality?: Quality | undefined }

function stampOf(record: Readonly<Record<string, unknown>>, message: Message): Stamp | WireFault {
  const { observedAt: givenAt, quality: givenQuality } = record as { observedAt?: unknown; quality?: unknown }
  const observedAt = givenAt === undefined || givenAt === null ? message.receivedAt : parseObservedAt(givenAt)
  if (typeof observedAt !== 'number') return observedAt
  if (givenQuality === undefined || givenQuality === null) return { observedAt }
  const quality = qualities.find((known) => known === givenQuality)
  if (quality !== undefined) return { observedAt, quality }
  return {
    reason: 'unknown-quality',
    detail: `quality ${quoted(givenQuality)} is unknown: expected one of ${qualities.join(', ')}`,
  }
}

function single(item: WireReading): Parsed {
  return { kind: 'readings', items: [item], faults: noFaults }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isFault(stamp: Stamp | WireFault): stamp is WireFault {
  return 'reason' in stamp
}
