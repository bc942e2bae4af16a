import type { Logger } from 'pino'

/** Who is told of something. What is kept is kept: a listener that throws is logged, and stops nobody else. */
export class Listeners<T> {
  readonly #log: Logger
  #all: readonly ((news: T) => void)[] = []

  constructor(log: Logger) {
    this.#log = log
  }

  /** Returns the way to stop listening. */
  add(listener: (news: T) => void): () => void {
    this.#all = [...this.#all, listener]
    return () => {
      this.#all = this.#all.filter((other) => other !== listener)
    }
  }

  tell(news: T): void {
    for (const listener of this.#all) {
      try {
        listener(news)
      } catch (error) {
        this.#log.error({ err: error }, 'a listener of ingest failed')
      }
    }
  }
}
