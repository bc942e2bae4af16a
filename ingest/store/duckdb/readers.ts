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
  /** Calls into DuckDB under way. A connection that is closed during one leaves its caller waiting for ever. */
  readonly #calls = new Set<Promise<unknown>>()
  #closed = false

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
        return await this.call(() => work(connection))
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

  /** A connection of the caller's own, for something long; to be used by `call` and given to `release`. */
  open(): Promise<DuckDBConnection> {
    return this.call(async () => {
      const connection = await this.#connect()
      this.#all.add(connection)
      return connection
    })
  }

  /** Does something with a connection that is lent out, unless the store is being closed. */
  async call<T>(work: () => Promise<T>): Promise<T> {
    this.#checkOpen()
    const done = work()
    this.#calls.add(done)
    try {
      const result = await done
      // A stream that is broken off looks like one that has come to its end.
      this.#checkOpen()
      return result
    } finally {
      this.#calls.delete(done)
    }
  }

  release(connection: DuckDBConnection): void {
    if (this.#all.delete(connection)) connection.disconnectSync()
  }

  /** Breaks off what is under way and closes all connections. */
  async close(): Promise<void> {
    this.#closed = true
    for (const connection of this.#all) connection.interrupt()
    while (this.#calls.size > 0) await Promise.allSettled(this.#calls)
    for (const connection of this.#all) connection.disconnectSync()
    this.#all.clear()
    this.#idle.length = 0
  }

  #checkOpen(): void {
    if (this.#closed) throw new StoreUnavailable('the store is closed')
  }
}
