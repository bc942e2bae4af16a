import type { Alarm, Hiding } from '../alarm.ts'

/** Alarms that hold and were last told as hidden: whoever heard so must hear it when nothing hides them any more. */
export class Told {
  #hidden = new Map<string, Hiding>()

  restore(hidden: ReadonlyMap<string, Hiding>): void {
    this.#hidden = new Map(hidden)
  }

  hidingOf(alarm: string): Hiding | undefined {
    return this.#hidden.size === 0 ? undefined : this.#hidden.get(alarm)
  }

  note({ id, state, hiddenBy }: Alarm): void {
    if (hiddenBy === undefined || (state !== 'firing' && state !== 'recovering')) this.#hidden.delete(id)
    else this.#hidden.set(id, hiddenBy)
  }

  forget(alarm: string): void {
    this.#hidden.delete(alarm)
  }

  /** The next few to look at again; those that were longest not looked at come first. */
  next(count: number): string[] {
    const some: string[] = []
    for (const [alarm, hiding] of this.#hidden) {
      if (some.length >= count) break
      some.push(alarm)
      // Set anew, it stands at the end.
      this.#hidden.delete(alarm)
      this.#hidden.set(alarm, hiding)
    }
    return some
  }
}

/** Whether two say the same to people; how long something is waited for is no news. */
export function isSameHiding(one: Hiding | undefined, other: Hiding | undefined): boolean {
  if (one?.kind !== other?.kind) return false
  if (one?.kind === 'suppressed' && other?.kind === 'suppressed') return one.parent === other.parent
  if (one?.kind === 'out-of-service' && other?.kind === 'out-of-service') return one.window === other.window
  return true
}
