import type { Instant } from '../city/index.ts'

// Devices; twice what a broker lets in. Beyond it the one that was first heard longest ago is forgotten.
const devicesMax = 40_000

/** When each device last sent something, since the program started. */
export class LastHeard {
  readonly #at = new Map<string, Instant>()

  note(device: string, at: Instant): void {
    if (this.#at.size >= devicesMax && !this.#at.has(device)) {
      const [first] = this.#at.keys()
      if (first !== undefined) this.#at.delete(first)
    }
    this.#at.set(device, at)
  }

  of(device: string): Instant | undefined {
    return this.#at.get(device)
  }
}
