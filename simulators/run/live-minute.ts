import type { Instant } from '../../city/index.ts'
import type { Fleet } from '../fleet/fleet.ts'
import type { Reporter, Row } from '../fleet/reporter.ts'
import { minuteMs } from '../world/calendar.ts'

/** The present: each minute is measured when it begins, and each logger reports at its own second of it. */
export class LiveMinute {
  readonly #reporter: Reporter
  readonly #fleet: Fleet
  #waiting: Row[] = []

  constructor(reporter: Reporter, fleet: Fleet) {
    this.#reporter = reporter
    this.#fleet = fleet
  }

  /** Reports all that is due by now, from the given minute on. Returns the first minute that has not begun. */
  advance(nextAt: Instant, now: Instant): Instant {
    let minuteAt = nextAt
    for (; minuteAt <= now; minuteAt += minuteMs) {
      this.#report(minuteAt)
      const rows = [...this.#reporter.rowsOf(minuteAt)]
      this.#waiting = rows.sort((one, other) => one.trueAt - other.trueAt)
    }
    this.#report(now)
    return minuteAt
  }

  #report(now: Instant): void {
    let sent = 0
    for (const row of this.#waiting) {
      if (row.trueAt > now) break
      this.#fleet.report(row, this.#reporter.rhythmOf(row.asset) === 1)
      sent += 1
    }
    if (sent > 0) this.#waiting = this.#waiting.slice(sent)
  }
}
