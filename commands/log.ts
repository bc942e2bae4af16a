import { type Logger, pino, stdTimeFunctions } from 'pino'

/** Structured lines on standard error: what is printed for people stays apart on standard output. */
export function openLog(level: string): Logger {
  return pino({ level, base: null, timestamp: stdTimeFunctions.isoTime }, pino.destination({ dest: 2, sync: false }))
}
