import { Calendar, type Instant } from '../../city/index.ts'

// Epoch seconds of 2000 to 2100 have nine or ten digits, milliseconds twelve or thirteen.
const epochSecondsBelow = 100_000_000_000

const written = /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*(Z|[+-]\d{2}:?\d{2})?$/

/** Reads the times of one file. Times that name no zone are taken to be of `zone`. */
export class TimeColumn {
  readonly #calendar: Calendar

  constructor(zone: string) {
    this.#calendar = new Calendar(zone)
  }

  /** ISO 8601, `YYYY-MM-DD HH:MM:SS`, or Unix time in seconds or milliseconds; nothing when it is none of them. */
  read(text: string): Instant | undefined {
    const trimmed = text.trim()
    if (/^\d+(\.\d+)?$/.test(trimmed)) {
      const epoch = Number(trimmed)
      return Math.round(epoch < epochSecondsBelow ? epoch * 1_000 : epoch)
    }
    const match = written.exec(trimmed)
    if (match === null) return undefined
    const [, year, month, day, hour, minute, second = '0', fraction = '', zone] = match
    const numbers = [year, month, day, hour, minute, second].map(Number)
    const [y = 0, mo = 0, d = 0, h = 0, mi = 0, s = 0] = numbers
    const wall = Date.UTC(y, mo - 1, d, h, mi, s) + Math.round(Number(`0.${fraction || '0'}`) * 1_000)
    // 31 February and 25 o'clock roll over in Date.UTC; they are no times.
    const back = new Date(Date.UTC(y, mo - 1, d, h, mi, s))
    if (back.getUTCDate() !== d || back.getUTCHours() !== h || back.getUTCMinutes() !== mi) return undefined
    return zone === undefined ? this.#fromWall(wall) : wall - offsetMs(zone)
  }

  /** Asked twice, because the offset belongs to the moment that is being looked for. */
  #fromWall(wall: number): Instant {
    const near = wall - this.#calendar.offsetAt(wall)
    return wall - this.#calendar.offsetAt(near)
  }
}

function offsetMs(zone: string): number {
  if (zone === 'Z') return 0
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2))
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000
}
