import type { Instant } from '../../city/index.ts'
import { decodeEvent, EventReadings, isObject, type JsonObject, timeOf } from './lorawan.ts'
import type { Message } from './message.ts'
import { holdsNoReadings, type Parsed, readingsOr, refused } from './parsed.ts'
import { quoted } from './value.ts'

/*
 * The Things Stack v3: `v3/{application}[@{tenant}]/devices/{device}/up`. Fields that are zero, false or empty are left
 * out of its JSON. Times are those of its servers, because a gateway's clock is nobody's promise.
 */
export const thingsStackPrefix = 'v3/'

const topicForm = /^v3\/([^/]+)\/devices\/([^/]+)\/(.+)$/
const hint = 'choose JSON as the format of the integration in The Things Stack'
const topicsWithoutReadings =
  /^(join|down\/(queued|queue-invalidated|sent|ack|nack|failed)|service\/data|location\/solved)$/

/** Of its payload schema for normalised measurements, version 1. */
const normalizedUnits: Readonly<Record<string, string>> = {
  'air.temperature': 'Cel',
  'air.relativeHumidity': '%',
  'air.pressure': 'hPa',
  'air.co2': '[ppm]',
  'air.lightIntensity': 'lx',
  'wind.speed': 'm/s',
  'wind.direction': 'deg',
  'soil.depth': 'cm',
  'soil.moisture': '%',
  'soil.temperature': 'Cel',
  'soil.ec': 'dS/m',
  'soil.pH': '[pH]',
  'soil.n': '[ppm]',
  'soil.p': '[ppm]',
  'soil.k': '[ppm]',
  battery: 'V',
}
// One uplink may bring an hour of minutes; more is no uplink, which holds 242 bytes at most.
const measurementsMax = 256

export function parseThingsStack(message: Message): Parsed {
  const [, application = '', device = '', kind = ''] = topicForm.exec(message.topic) ?? []
  if (kind !== 'up' && kind !== 'up/normalized')
    return topicsWithoutReadings.test(kind)
      ? holdsNoReadings
      : refused('unknown-topic', `topic ${quoted(message.topic)}: expected v3/{application}/devices/{device}/up`)
  const decoded = decodeEvent(message, hint)
  if (decoded.kind === 'refused') return decoded
  const { body } = decoded
  const foreign = foreignIds(body, application, device)
  if (foreign !== undefined) return refused('wrong-shape', foreign)
  const uplink = body[kind === 'up' ? 'uplink_message' : 'uplink_normalized']
  if (!isObject(uplink)) return refused('wrong-shape', 'the event has no "uplink_message"')
  const observedAt = timeOf([uplink['received_at'], body['received_at'], ...gatewayTimes(uplink)], message.receivedAt)
  if (typeof observedAt !== 'number') return { kind: 'refused', ...observedAt }
  const readings = new EventReadings({ dialect: 'tts', address: `${application}/${device}` })
  readUplink(uplink, observedAt, readings)
  if (readings.items.length === 0 && readings.faults.length === 0) return holdsNoReadings
  return readingsOr(readings.items, readings.faults, { reason: 'wrong-shape', detail: 'the uplink holds no values' })
}

function readUplink(uplink: JsonObject, observedAt: Instant, readings: EventReadings): void {
  const { decoded_payload: decoded, normalized_payload: normalized, frm_payload: raw, f_port: port } = uplink
  const measurements = Array.isArray(normalized) ? normalized.slice(0, measurementsMax) : [normalized]
  const areNormalized = measurements.some(isObject)
  if (isObject(decoded)) readings.addDecoded(decoded, observedAt)
  else if (!areNormalized && port !== undefined && port !== 0 && raw !== undefined && raw !== '')
    readings.faults.push({
      reason: 'wrong-shape',
      detail:
        'the uplink is not decoded ("decoded_payload" is missing): configure a payload formatter in The Things Stack',
    })
  for (const measurement of measurements) if (isObject(measurement)) readMeasurement(measurement, observedAt, readings)
  readings.addSignal(uplink['rx_metadata'], observedAt)
  readBattery(uplink['last_battery_percentage'], readings)
}

/** Has names of its own (`normalized.air.temperature`): a codec may use the same ones in other units. */
function readMeasurement(measurement: JsonObject, observedAt: Instant, readings: EventReadings): void {
  const { time, ...values } = measurement
  const at = timeOf([time], observedAt)
  if (typeof at === 'number') readings.addDecoded(values, at, 'normalized.', normalizedUnits)
  else readings.faults.push(at)
}

/** Of the last DevStatusAns; repeated with every uplink, with the time of when it was heard. */
function readBattery(given: unknown, readings: EventReadings): void {
  if (!isObject(given)) return
  const { value, received_at: at } = given as { value?: unknown; received_at?: unknown }
  const heardAt = timeOf([at], Number.NaN)
  if (typeof value === 'number' && typeof heardAt === 'number' && Number.isFinite(heardAt))
    readings.add('last_battery_percentage', value, heardAt, { unit: '%', incidental: true })
}

function gatewayTimes(uplink: JsonObject): readonly unknown[] {
  const gateways = uplink['rx_metadata']
  return Array.isArray(gateways)
    ? gateways.slice(0, 1).map((gateway) => (isObject(gateway) ? gateway['time'] : undefined))
    : []
}

/** What the event says of itself must fit its topic, which is what the sender is allowed by. */
function foreignIds(body: JsonObject, application: string, device: string): string | undefined {
  const ids = body['end_device_ids']
  const said = isObject(ids) ? ids['device_id'] : undefined
  if (said !== device) return `device_id ${quoted(said)} is not the device of the topic, ${quoted(device)}`
  const applications = isObject(ids) ? ids['application_ids'] : undefined
  const saidApplication = isObject(applications) ? applications['application_id'] : undefined
  const [expected] = application.split('@')
  if (saidApplication === undefined || saidApplication === expected) return undefined
  return `application_id ${quoted(saidApplication)} is not the application of the topic, ${quoted(expected)}`
}
