export { type LineFault, type Lines, readLines } from './line-protocol.ts'
export { type LineReading, lineReadings, type Precision, precisions } from './line-readings.ts'
export * from './message.ts'
export { Packer } from './packer.ts'
export { buffersOf, type Parcel, type ParcelKept, type ParcelReceiver, type RefusedMessage } from './parcel.ts'
export { parseMessage } from './parse.ts'
export {
  type Parsed,
  type Presence,
  type RefusalReason,
  type Reply,
  readingsPerMessageMax,
  refusalReasons,
  type WireFault,
  type WireReading,
} from './parsed.ts'
export type { KnowsSensor } from './senml.ts'
export { sourceNameLengthMax } from './source-name.ts'
export { WireReader } from './wire-reader.ts'
