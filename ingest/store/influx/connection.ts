import { HttpError, InfluxDB } from '@influxdata/influxdb-client'
import { StoreUnavailable } from '../reading-store.ts'

export type InfluxOptions = {
  readonly url: string
  /** InfluxDB 2 and 3; for 1.8 `user:password`. */
  readonly token?: string | undefined
  readonly org?: string | undefined
  readonly bucket?: string | undefined
  /** InfluxDB 1. */
  readonly user?: string | undefined
  readonly password?: string | undefined
  readonly database?: string | undefined
}

/** One answer of InfluxQL: rows of one series. */
export type InfluxSeries = {
  readonly name: string
  readonly columns: readonly string[]
  readonly values: readonly (readonly unknown[])[]
}

// A commit that takes longer than this has not failed quickly enough to tell; the devices send again, which is harmless.
const timeoutMs = 30_000
const nameDefault = 'lengthsman'

/** Talks to the server through the client's transport: no buffer, no retry. A promise resolves when the server has it. */
export class InfluxConnection {
  readonly url: string
  /** The bucket or database, whichever the server calls it. */
  readonly database: string
  readonly bucket: string
  readonly org: string
  readonly #client: InfluxDB
  #writePath: string

  constructor(options: InfluxOptions) {
    this.url = options.url
    this.bucket = options.bucket ?? options.database ?? nameDefault
    this.database = options.database ?? options.bucket ?? nameDefault
    this.org = options.org ?? ''
    const { token, user, password } = options
    const basic = Buffer.from(`${user ?? ''}:${password ?? ''}`).toString('base64')
    this.#client = new InfluxDB({
      url: options.url,
      timeout: timeoutMs,
      ...(token === undefined ? {} : { token }),
      ...(token === undefined && user !== undefined ? { headers: { authorization: `Basic ${basic}` } } : {}),
    })
    const target = `org=${encodeURIComponent(this.org)}&bucket=${encodeURIComponent(this.bucket)}`
    this.#writePath = token === undefined ? this.#pathOfVersion1() : `/api/v2/write?${target}&precision=ms`
  }

  /** InfluxDB before 1.8 has no `/api/v2/write`. */
  useVersion1(): void {
    this.#writePath = this.#pathOfVersion1()
  }

  #pathOfVersion1(): string {
    return `/write?db=${encodeURIComponent(this.database)}&precision=ms`
  }

  /** Rejects with what the client threw; see `describe`. */
  async write(lines: string): Promise<void> {
    await this.#client.transport.request(this.#writePath, lines, {
      method: 'POST',
      headers: { 'content-type': 'text/plain; charset=utf-8' },
    })
  }

  /** The series of each statement, in order. An error of one statement rejects. */
  async query(influxQl: string): Promise<readonly (readonly InfluxSeries[])[]> {
    const answer: unknown = await this.#client.transport.request(
      `/query?db=${encodeURIComponent(this.database)}&epoch=ms`,
      `q=${encodeURIComponent(influxQl)}`,
      {
        method: 'POST',
        headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
      },
    )
    const { results = [] } = (answer ?? {}) as { results?: { series?: InfluxSeries[]; error?: string }[] }
    for (const { error } of results) if (error !== undefined) throw new Error(error)
    return results.map(({ series = [] }) => series)
  }

  async ping(): Promise<void> {
    await this.#client.transport.request('/ping', '', { method: 'GET' })
  }

  unavailable(what: string, error: unknown): StoreUnavailable {
    if (error instanceof StoreUnavailable) return error
    return new StoreUnavailable(`${what} InfluxDB at ${this.url}: ${describe(error)}`, { cause: error })
  }
}

export function statusOf(error: unknown): number | undefined {
  return error instanceof HttpError ? error.statusCode : undefined
}

/** The server's own words where there are some; a refused connection to `localhost` has only a code. */
export function describe(error: unknown): string {
  if (error instanceof HttpError) {
    const { error: text, message } = (error.json ?? {}) as { error?: string; message?: string }
    return `${error.statusCode} ${text ?? message ?? error.body ?? error.statusMessage ?? ''}`.trim()
  }
  const { message, code } = error as { message?: string; code?: string }
  return message === undefined || message === '' ? (code ?? String(error)) : message
}
