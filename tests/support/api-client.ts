/** A person's or script's session with the HTTP API: logs in, keeps the cookie, sends the CSRF token. */
export class ApiClient {
  readonly #url: string
  #cookie = ''
  #csrf = ''

  constructor(url: string) {
    this.#url = url
  }

  static async login(url: string, user: string, password: string): Promise<ApiClient> {
    const client = new ApiClient(url)
    const { csrfToken } = await client.post<{ csrfToken: string }>('/api/v1/login', { user, password })
    client.#csrf = csrfToken
    return client
  }

  get<Body>(path: string): Promise<Body> {
    return this.#ask('GET', path)
  }

  post<Body>(path: string, body: unknown): Promise<Body> {
    return this.#ask('POST', path, body)
  }

  /** A response that goes on and on: the live stream. */
  open(path: string, signal: AbortSignal): Promise<Response> {
    return fetch(this.#url + path, { headers: { cookie: this.#cookie, accept: 'text/event-stream' }, signal })
  }

  async #ask<Body>(method: string, path: string, body?: unknown): Promise<Body> {
    const response = await fetch(this.#url + path, {
      method,
      headers: {
        cookie: this.#cookie,
        'x-csrf-token': this.#csrf,
        origin: this.#url,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const cookie = response.headers.get('set-cookie')
    if (cookie !== null) this.#cookie = cookie.split(';')[0] ?? ''
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
    return (text === '' ? undefined : JSON.parse(text)) as Body
  }
}

/** Asks again and again until the answer fits; the last answer is told when it never does. */
export async function eventually<Value>(
  ask: () => Promise<Value>,
  fits: (value: Value) => boolean,
  withinMs = 20_000,
): Promise<Value> {
  const deadline = Date.now() + withinMs
  for (;;) {
    const value = await ask()
    if (fits(value)) return value
    if (Date.now() > deadline)
      throw new Error(`never came true within ${withinMs} ms; last: ${JSON.stringify(value)?.slice(0, 2_000)}`)
    await new Promise((done) => setTimeout(done, 100))
  }
}
