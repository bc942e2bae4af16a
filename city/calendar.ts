import type { Instant } from './instant.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

/** What the clocks on the walls of a city say. */
export type LocalTime = {
  /** 0 to 24, with its fraction. */
  readonly hour: number
  /** 0 is Sunday. */
  readonly weekday: number
  /** 0 to 365, with its fraction. */
  readonly dayOfYear: number
  readonly weekend: boolean
}

/** Local time of one zone. Asking Intl costs microseconds, so the offset is kept for the hour it was asked for. */
export class Calendar {
  readonly #format: Intl.DateTimeFormat
  #hour = Number.NaN
  #offsetMs = 0

  constructor(timeZone: string) {
    this.#format = new Intl.DateTimeFormat('en-GB', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
  }

  /** What has to be added to UTC at this moment. */
  offsetAt(at: Instant): number {
    // Offsets change on a quarter of an hour at the finest.
    const quarter = Math.floor(at / (15 * minuteMs))
    if (quarter !== this.#hour) {
      this.#hour = quarter
      this.#offsetMs = this.#offsetOf(quarter * 15 * minuteMs)
    }
    return this.#offsetMs
  }

  localTime(at: Instant): LocalTime {
    const local = at + this.offsetAt(at)
    const day = Math.floor(local / dayMs)
    const weekday = (((day + 4) % 7) + 7) % 7
    const yearStart = Date.UTC(new Date(local).getUTCFullYear(), 0, 1)
    return {
      hour: (local - day * dayMs) / hourMs,
      weekday,
      dayOfYear: (local - yearStart) / dayMs,
      weekend: weekday === 0 || weekday === 6,
    }
  }

  #offsetOf(at: Instant): number {
    const parts: Record<string, number> = {}
    for (const part of this.#format.formatToParts(at)) parts[part.type] = Number(part.value)
    const { year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts
    return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at / 1000) * 1000
  }
}
