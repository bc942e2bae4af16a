import { Fields, FieldWriter, wireTypes } from './protobuf.ts'

/*
 * The payload of Sparkplug B, as Eclipse Tahu's sparkplug_b.proto defines it; only what makes a reading is taken out.
 */

/** Sparkplug 3.0, section 6.4.16. */
export const dataTypes = {
  int8: 1,
  int16: 2,
  int32: 3,
  int64: 4,
  uint8: 5,
  uint16: 6,
  uint32: 7,
  uint64: 8,
  float: 9,
  double: 10,
  boolean: 11,
  string: 12,
  dateTime: 13,
  text: 14,
  uuid: 15,
  dataSet: 16,
  bytes: 17,
  file: 18,
  template: 19,
} as const

/** A value as it lies in the message: which number it is may depend on the type that the birth certificate told. */
export type RawValue =
  | { readonly kind: 'integer'; readonly low: number; readonly signed: number; readonly unsigned: number }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'text' | 'bytes' | 'dataset' | 'template' | 'extension' }

export type Metric = {
  readonly name: string | undefined
  /** Above 2^53 no longer exact, and then equal to its neighbours; nobody numbers that far. */
  readonly alias: number | undefined
  /** Milliseconds since 1970. */
  readonly timestamp: number | undefined
  readonly dataType: number | undefined
  readonly isTransient: boolean
  readonly isNull: boolean
  readonly unit: string | undefined
  readonly value: RawValue | undefined
}

export type Payload = {
  readonly timestamp: number | undefined
  readonly seq: number | undefined
  readonly metrics: readonly Metric[]
}

/** `undefined` when the bytes are no such payload, `too many` when it holds more than `metricsMax`. */
export function readPayload(bytes: Uint8Array, metricsMax: number): Payload | 'too many' | undefined {
  const fields = new Fields(bytes)
  const metrics: Metric[] = []
  let timestamp: number | undefined
  let seq: number | undefined
  while (fields.next()) {
    if (fields.number === 1 && fields.wireType === wireTypes.varint) timestamp = fields.unsigned()
    else if (fields.number === 3 && fields.wireType === wireTypes.varint) seq = fields.unsigned()
    else if (fields.number === 2 && fields.wireType === wireTypes.bytes) {
      if (metrics.length >= metricsMax) return 'too many'
      const metric = readMetric(fields.bytes)
      if (metric === undefined) return undefined
      metrics.push(metric)
    }
  }
  return fields.ok ? { timestamp, seq, metrics } : undefined
}

type Draft = { -readonly [Key in keyof Metric]: Metric[Key] }

function readMetric(bytes: Uint8Array): Metric | undefined {
  const fields = new Fields(bytes)
  const metric: Draft = {
    name: undefined,
    alias: undefined,
    timestamp: undefined,
    dataType: undefined,
    isTransient: false,
    isNull: false,
    unit: undefined,
    value: undefined,
  }
  while (fields.next()) readMetricField(fields, metric)
  return fields.ok ? metric : undefined
}

function readMetricField(fields: Fields, metric: Draft): void {
  switch (fields.wireType) {
    case wireTypes.varint:
      readMetricVarint(fields, metric)
      return
    case wireTypes.fixed32:
      if (fields.number === 12) metric.value = { kind: 'number', value: shortest(fields.float32()) }
      return
    case wireTypes.fixed64:
      if (fields.number === 13) metric.value = { kind: 'number', value: fields.float64() }
      return
    default:
      if (fields.number === 1) metric.name = fields.text()
      else if (fields.number === 9) metric.unit = engineeringUnit(fields.bytes)
      else if (fields.number >= 15 && fields.number <= 19) metric.value = otherKinds[fields.number - 15]
  }
}

const otherKinds = (['text', 'bytes', 'dataset', 'template', 'extension'] as const).map((kind) => ({ kind }))

function readMetricVarint(fields: Fields, metric: Draft): void {
  switch (fields.number) {
    case 2:
      metric.alias = fields.unsigned()
      return
    case 3:
      metric.timestamp = fields.unsigned()
      return
    case 4:
      metric.dataType = fields.low
      return
    case 6:
      metric.isTransient = fields.low !== 0
      return
    case 7:
      metric.isNull = fields.low !== 0
      return
    case 10:
    case 11:
      metric.value = { kind: 'integer', low: fields.low, signed: fields.signed(), unsigned: fields.unsigned() }
      return
    case 14:
      metric.value = { kind: 'boolean', value: fields.low !== 0 }
      return
    default:
  }
}

/**
 * The number behind a value. Signed integers are two's complement in unsigned fields (section 6.4.16), some senders
 * filling only the bits of the type and some all 32. `undefined`: it is no number.
 */
export function numberOf(value: RawValue, dataType: number | undefined): number | undefined {
  if (value.kind === 'number') return value.value
  if (value.kind === 'boolean') return value.value ? 1 : 0
  if (value.kind !== 'integer') return undefined
  switch (dataType) {
    case dataTypes.int8:
      return (value.low << 24) >> 24
    case dataTypes.int16:
      return (value.low << 16) >> 16
    case dataTypes.int32:
      return value.low | 0
    case dataTypes.int64:
      return value.signed
    case dataTypes.uint8:
      return value.low & 0xff
    case dataTypes.uint16:
      return value.low & 0xffff
    case dataTypes.uint32:
      return value.low
    case dataTypes.boolean:
      return value.unsigned === 0 ? 0 : 1
    default:
      return value.unsigned
  }
}

/** 23.1 sent as a float is 23.100000381…; what was meant is the shortest decimal that makes the same float. */
function shortest(float: number): number {
  if (!Number.isFinite(float)) return float
  for (const digits of [6, 7, 8]) {
    const decimal = Number(float.toPrecision(digits))
    if (Math.fround(decimal) === float) return decimal
  }
  return float
}

// A property set names its keys first and its values behind, in the same order; `engUnit` is what Ignition calls the unit.
const unitKeys = new Set(['engUnit', 'Engineering Units', 'unit', 'Unit'])
const propertiesMax = 64
const unitLengthMax = 32

function engineeringUnit(bytes: Uint8Array): string | undefined {
  const fields = new Fields(bytes)
  let keys = 0
  let values = 0
  let wanted = -1
  let unit: string | undefined
  while (keys + values < propertiesMax && fields.next()) {
    if (fields.wireType !== wireTypes.bytes) continue
    if (fields.number === 1) {
      if (wanted < 0 && unitKeys.has(fields.text())) wanted = keys
      keys++
    } else if (fields.number === 2) {
      if (values === wanted) unit = textProperty(fields.bytes)
      values++
    }
  }
  return unit
}

function textProperty(bytes: Uint8Array): string | undefined {
  const fields = new Fields(bytes)
  while (fields.next())
    if (fields.number === 8 && fields.wireType === wireTypes.bytes && fields.bytes.length <= unitLengthMax)
      return fields.text() || undefined
  return undefined
}

/** The command that makes an edge node send its birth certificates again (section 6.4.20); commands have no `seq`. */
export function rebirthCommand(at: number): Uint8Array {
  const metric = new FieldWriter()
    .bytes(1, 'Node Control/Rebirth')
    .varint(3, at)
    .varint(4, dataTypes.boolean)
    .varint(14, 1)
  return new FieldWriter().varint(1, at).bytes(2, metric.done()).done()
}
