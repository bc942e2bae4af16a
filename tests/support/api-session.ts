/** What came back, whatever it was. */
export type Answer = {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The body as JSON; `undefined` when it is not. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly body: any
}

/** Somebody who asks the API: with a session cookie and its CSRF token, with a bearer token, or with neither. */
export class ApiSession {
  readonly url: string
  cookie = ''
  csrf = ''
  bearer = ''

  constructor(url: string) {
    this.url = url
  }

  static async login(url: string, user: string, password: string): Promise<ApiSession> {
    const session = new ApiSession(url)
    const answer = await session.post('/api/v1/login', { user, password })
    if (answer.status !== 200) throw new Error(`login as ${user}: ${answer.status} ${answer.text}`)
    session.csrf = answer.body.csrfToken
    return session
  }

  static withToken(url: string, token: string): ApiSession {
    const session = new ApiSession(url)
    session.bearer = token
    return session
  }

  get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.ask('GET', path, undefined, headers)
  }
  post(path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.ask('POST', path, body, headers)
  }
  put(path: string, body: unknown): Promise<Answer> {
    return this.ask('PUT', path, body)
  }
  delete(path: string): Promise<Answer> {
    return this.ask('DELETE', path)
  }

  async ask(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const response = await fetch(this.url + path, {
      method,
      headers: { ...this.headers(), ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const cookie = response.headers.get('set-cookie')
    if (cookie !== null) this.cookie = cookie.split(';')[0] ?? ''
    const text = await response.text()
    return { status: response.status, headers: response.headers, text, body: parsed(text) }
  }

  headers(): Record<string, string> {
    return {
      ...(this.cookie === '' ? {} : { cookie: this.cookie }),
      ...(this.csrf === '' ? {} : { 'x-csrf-token': this.csrf }),
      ...(this.bearer === '' ? {} : { authorization: `Bearer ${this.bearer}` }),
    }
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
