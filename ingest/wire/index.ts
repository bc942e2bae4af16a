export * from './message.ts'
export { parseMessage } from './parse.ts'
export {
  type Parsed,
  type RefusalReason,
  readingsPerMessageMax,
  refusalReasons,
  type WireFault,
  type WireReading,
} from './parsed.ts'
