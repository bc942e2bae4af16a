/** Entries by name, of which the bound forgets the one that was quiet longest; and which of them are yet to be written. */
export class Recent<Entry> {
  readonly #max: number
  readonly #entries = new Map<string, Entry>()
  readonly #changed = new Set<string>()
  readonly #forgotten = new Set<string>()

  constructor(max: number) {
    this.#max = max
  }

  get size(): number {
    return this.#entries.size
  }

  get(name: string): Entry | undefined {
    return this.#entries.get(name)
  }

  /** As it was kept, from the longest quiet to the newest. */
  load(entries: Iterable<readonly [string, Entry]>): void {
    for (const [name, entry] of entries) this.#entries.set(name, entry)
    this.#forgetOldest()
  }

  /** Put at the end of the row, as the newest. */
  put(name: string, entry: Entry): void {
    this.#entries.delete(name)
    this.#entries.set(name, entry)
    this.#changed.add(name)
    this.#forgotten.delete(name)
    this.#forgetOldest()
  }

  remove(name: string): boolean {
    if (!this.#entries.delete(name)) return false
    this.#changed.delete(name)
    this.#forgotten.add(name)
    return true
  }

  /** The newest first. */
  newestFirst(): Entry[] {
    return [...this.#entries.values()].reverse()
  }

  /** What is to be written since this was last asked; `putBack` when it could not be. */
  takeChanges(): { readonly changed: readonly Entry[]; readonly forgotten: readonly string[]; putBack(): void } {
    const names = [...this.#changed]
    const forgotten = [...this.#forgotten]
    this.#changed.clear()
    this.#forgotten.clear()
    return {
      changed: names.flatMap((name) => this.#entries.get(name) ?? []),
      forgotten,
      putBack: () => {
        for (const name of names) if (this.#entries.has(name)) this.#changed.add(name)
        for (const name of forgotten) if (!this.#entries.has(name)) this.#forgotten.add(name)
      },
    }
  }

  #forgetOldest(): void {
    for (const name of this.#entries.keys()) {
      if (this.#entries.size <= this.#max) return
      this.remove(name)
    }
  }
}
