import type { Instant, SensorId } from '../../../city/index.ts'
import { measurement, namesOf } from './line-protocol.ts'

/** `'text'` for a condition. Whatever is in it stays text. */
export function literal(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&').replace(/\n/g, '\\n')}'`
}

export function instant(at: Instant): string {
  return `${Math.ceil(at)}ms`
}

const from = `FROM "${measurement}"`
// A reading that is not at the time it claims is on no chart and is nobody's newest.
const inTime = `"quality" <> 'clock-skew'`

function ofSensor(sensor: SensorId): string {
  const { asset, quantity } = namesOf(sensor)
  return `"asset" = ${literal(asset)} AND "quantity" = ${literal(quantity)}`
}

export function rawStatement(sensor: SensorId, since: Instant, until: Instant, limit: number): string {
  return `SELECT "value", "quality" ${from} WHERE ${ofSensor(sensor)} AND time >= ${instant(since)} AND time < ${instant(until)} AND ${inTime} ORDER BY time LIMIT ${limit}`
}

export function bucketStatement(sensor: SensorId, since: Instant, until: Instant, widthMs: number): string {
  return `SELECT MIN("value"), MAX("value"), MEAN("value"), COUNT("value") ${from} WHERE ${ofSensor(sensor)} AND time >= ${instant(since)} AND time < ${instant(until)} AND ${inTime} GROUP BY time(${widthMs}ms) fill(none)`
}

export function newestStatement(sensor: SensorId): string {
  return `SELECT "value", "receivedAt", "quality" ${from} WHERE ${ofSensor(sensor)} AND ${inTime} ORDER BY time DESC LIMIT 1`
}

export function receivedStatement(receivedFrom: Instant, observedFrom: Instant, limit: number): string {
  return `SELECT "value", "receivedAt", "quality", "asset", "quantity" ${from} WHERE time >= ${instant(observedFrom)} AND "receivedAt" >= ${Math.ceil(receivedFrom)} ORDER BY time LIMIT ${limit}`
}

export function forgetStatement(observedBefore: Instant): string {
  return `DELETE ${from} WHERE time < ${instant(observedBefore)}`
}

export function createDatabaseStatement(name: string): string {
  return `CREATE DATABASE "${name.replace(/[\\"]/g, '\\$&')}"`
}
