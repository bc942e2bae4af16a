import type { DuckDBConnection } from '@duckdb/node-api'
import { StoreUnavailable } from '../reading-store.ts'

// A query keeps one of Node's four worker threads for as long as it runs. Two are left for commits and for settling.
const readersMax = 2
// Queries behind these wait their turn; so many waiting would take half a minute, and whoever asked has gone.
const waitingMax = 500

/** Connections for reading. They see what is committed and hold up nobody who writes. */
export class Readers {
  readonly #connect: () => Promise<DuckDBConnection>
  readonly #all = new Set<DuckDBConnection>()
  readonly #idle: DuckDBConnection[] = []
  readonly #waiting: (() => void)[] = []
  #busy = 0

  constructor(connect: () => Promise<DuckDBConnection>) {
    this.#connect = connect
  }

  /** Lends a connection for one piece of work; the first asked is the first served. */
  async use<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    if (this.#busy >= readersMax) {
      if (this.#waiting.length >= waitingMax)
        throw new StoreUnavailable(`${waitingMax} queries are waiting already: ask again later`)
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    } else this.#busy++
    try {
      const connection = this.#idle.pop() ?? (await this.open())
      try {
        return await work(connection)
      } finally {
        this.#idle.push(connection)
      }
    } finally {
      // The place is handed to the next in line, or given back.
      const next = this.#waiting.shift()
      if (next === undefined) this.#busy--
      else next()
    }
  }

  /** A connection of the caller's own, for something long; to be given to `release`. */
  async open(): Promise<DuckDBConnection> {
    const connection = await this.#connect()
    this.#all.add(connection)
    return connection
  }

  release(connection: DuckDBConnection): void {
    if (this.#all.delete(connection)) connection.disconnectSync()
  }

  close(): void {
    for (const connection of this.#all) connection.disconnectSync()
    this.#all.clear()
    this.#idle.length = 0
  }
}
