import { decodeEvent, EventReadings, isObject, type JsonObject, timeOf } from './lorawan.ts'
import type { Message } from './message.ts'
import { holdsNoReadings, type Parsed, readingsOr, refused } from './parsed.ts'
import { quoted } from './value.ts'

/*
 * ChirpStack v4, MQTT integration in JSON: `application/{id}/device/{devEui}/event/{event}`. Events and fields are those
 * of its `integration.proto` in Protocol Buffers' JSON mapping, which leaves out what is zero, false or empty.
 */
export const chirpstackPrefix = 'application/'

const topicForm = /^application\/([^/]+)\/device\/([0-9a-fA-F]{16})\/event\/([a-z]+)$/
const hint = 'set json=true in the MQTT integration of ChirpStack'
const eventsWithoutReadings = new Set(['join', 'ack', 'txack', 'log', 'location', 'integration'])

export function parseChirpstack(message: Message): Parsed {
  const [, , devEui = '', event = ''] = topicForm.exec(message.topic) ?? []
  if (event === '')
    return refused(
      'unknown-topic',
      `topic ${quoted(message.topic)}: expected application/{id}/device/{devEui}/event/{event}`,
    )
  if (eventsWithoutReadings.has(event)) return holdsNoReadings
  if (event !== 'up' && event !== 'status')
    return refused('unknown-topic', `ChirpStack event ${quoted(event)} is unknown`)
  const decoded = decodeEvent(message, hint)
  if (decoded.kind === 'refused') return decoded
  const { body } = decoded
  const device = body['deviceInfo']
  const said = isObject(device) ? device['devEui'] : undefined
  if (typeof said !== 'string' || said.toLowerCase() !== devEui.toLowerCase())
    return refused('wrong-shape', `deviceInfo.devEui ${quoted(said)} is not the device of the topic, ${quoted(devEui)}`)
  const observedAt = timeOf([body['time']], message.receivedAt)
  if (typeof observedAt !== 'number') return { kind: 'refused', ...observedAt }
  const readings = new EventReadings({ dialect: 'chirpstack', address: devEui.toLowerCase() })
  if (event === 'up') readUplink(body, observedAt, readings)
  else readStatus(body, observedAt, readings)
  if (readings.items.length === 0 && readings.faults.length === 0) return holdsNoReadings
  return readingsOr(readings.items, readings.faults, { reason: 'wrong-shape', detail: 'the event holds no values' })
}

function readUplink(body: JsonObject, observedAt: number, readings: EventReadings): void {
  const { object, data, fPort } = body as { object?: unknown; data?: unknown; fPort?: unknown }
  if (isObject(object)) readings.addDecoded(object, observedAt)
  else if (fPort !== undefined && fPort !== 0 && data !== undefined && data !== '')
    // Port 0, which the mapping leaves out, is the network's own and holds nothing of the device's.
    readings.faults.push({
      reason: 'wrong-shape',
      detail: 'the uplink is not decoded ("object" is missing): configure a codec in its device profile in ChirpStack',
    })
  readings.addSignal(body['rxInfo'], observedAt)
}

/** The DevStatusAns of LoRaWAN: battery in per cent unless unknown, margin of the last downlink in dB. */
function readStatus(body: JsonObject, observedAt: number, readings: EventReadings): void {
  const {
    batteryLevel = 0,
    batteryLevelUnavailable,
    externalPowerSource,
    margin = 0,
  } = body as Readonly<Record<'batteryLevel' | 'batteryLevelUnavailable' | 'externalPowerSource' | 'margin', unknown>>
  if (typeof batteryLevel === 'number' && batteryLevelUnavailable !== true && externalPowerSource !== true)
    readings.add('battery', batteryLevel, observedAt, { unit: '%', incidental: true })
  if (typeof margin === 'number') readings.add('margin', margin, observedAt, { unit: 'dB', incidental: true })
}
