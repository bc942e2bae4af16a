export * from './message.ts'
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
