import { beforeAll, describe, expect, test } from '@jest/globals'
import { roles } from '../../dashboard/index.ts'
import { ApiSession } from '../support/api-session.ts'
import { passwordOf, startedDashboard } from '../support/started-dashboard.ts'

let town: Awaited<ReturnType<typeof startedDashboard>>
beforeAll(async () => {
  town = await startedDashboard()
})

describe('logging in', () => {
  test('gives a session cookie that scripts cannot read, and who one is', async () => {
    const answer = await town.anonymous.post('/api/v1/login', { user: 'crew', password: passwordOf('crew') })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('set-cookie')).toMatch(
      /^lengthsman_session=[\w-]{43}; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Lax$/,
    )
    expect(answer.body).toMatchObject({ user: 'crew', role: 'crew', city: { name: 'Testham' }, demo: false })
    expect((await town.anonymous.get('/api/v1/session')).body).toEqual(answer.body)
  })

  test('takes a new cookie every time; the old one is worth nothing', async () => {
    const session = await town.as('viewer')
    const before = new ApiSession(town.url)
    before.cookie = session.cookie
    await session.post('/api/v1/login', { user: 'viewer', password: passwordOf('viewer') })
    expect(session.cookie).not.toBe(before.cookie)
    expect((await before.get('/api/v1/session')).status).toBe(401)
  })

  test.each([
    ['a wrong password', { user: 'viewer', password: 'not this one' }],
    ['an unknown user', { user: 'nobody', password: passwordOf('viewer') }],
  ])('with %s is refused in the same words', async (_, credentials) => {
    const { status, body } = await new ApiSession(town.url).post('/api/v1/login', credentials)
    expect(status).toBe(401)
    expect(body).toMatchObject({ code: 'LOGIN_REFUSED', detail: 'user name or password is wrong' })
  })

  test('is slowed after five failures, and says for how long', async () => {
    const guess = () => new ApiSession(town.url).post('/api/v1/login', { user: 'guessed', password: 'a guess' })
    for (let n = 0; n < 5; n++) expect((await guess()).status).toBe(401)
    const slowed = await guess()
    expect(slowed.status).toBe(429)
    expect(slowed.body.code).toBe('LOGIN_SLOWED')
    expect(slowed.headers.get('retry-after')).toBe('1')
    town.clock.at += 1_000
    expect((await guess()).status).toBe(401)
    expect((await guess()).headers.get('retry-after')).toBe('2')
    town.clock.at += 3_600_000
  })

  test('ends with logging out', async () => {
    const session = await town.as('viewer')
    const stolen = new ApiSession(town.url)
    stolen.cookie = session.cookie
    expect((await session.post('/api/v1/logout')).status).toBe(204)
    expect((await stolen.get('/api/v1/session')).body.code).toBe('NOT_LOGGED_IN')
  })

  test('ends when nothing was asked for half a day', async () => {
    const session = await town.as('engineer')
    town.clock.at += 13 * 3_600_000
    expect((await session.get('/api/v1/assets')).status).toBe(401)
  })
})

describe('a change by cookie', () => {
  const comment = { note: 'seen' }

  test('needs the CSRF token of the session', async () => {
    const session = await town.as('crew')
    for (const csrf of ['', 'guess', (await town.as('crew')).csrf]) {
      session.csrf = csrf
      const { status, body } = await session.post('/api/v1/tickets/1/comment', comment)
      expect([status, body.code]).toEqual([403, 'CSRF_REFUSED'])
    }
  })

  test('from a page of another site is refused, login too', async () => {
    const session = await town.as('crew')
    for (const origin of ['https://evil.example', 'null', town.url.replace('http:', 'http://evil.')]) {
      const change = await session.post('/api/v1/tickets/1/comment', comment, { origin })
      expect([change.status, change.body.code]).toEqual([403, 'ORIGIN_REFUSED'])
      const login = await session.post('/api/v1/login', { user: 'crew', password: passwordOf('crew') }, { origin })
      expect(login.body.code).toBe('ORIGIN_REFUSED')
    }
    expect((await session.post('/api/v1/tickets/1/comment', comment, { origin: town.url })).status).toBe(404)
  })

  test('as a form of another site would send it is not understood', async () => {
    const session = await town.as('crew')
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])
      expect((await session.post('/api/v1/tickets/1/comment', '{}', { 'content-type': type })).status).toBe(415)
  })
})

describe('API tokens', () => {
  test('are made by an admin, shown once, need no CSRF token, and can be revoked', async () => {
    const admin = await town.as('admin')
    const made = await admin.post('/api/v1/tokens', { title: 'nightly report', role: 'crew' })
    expect(made.status).toBe(201)
    const program = ApiSession.withToken(town.url, made.body.token)
    expect((await program.get('/api/v1/assets')).status).toBe(200)
    expect((await program.post('/api/v1/tickets/999/comment', { note: 'x' })).body.code).toBe('TICKET_UNKNOWN')
    expect((await program.get('/api/v1/session')).status).toBe(401)
    const listed = (await admin.get('/api/v1/tokens')).text
    expect(listed).toContain('nightly report')
    expect(listed).not.toContain(made.body.token)
    expect((await admin.delete(`/api/v1/tokens/${made.body.id}`)).status).toBe(204)
    expect((await program.get('/api/v1/assets')).status).toBe(401)
  })

  test('of a reporter send readings and see nothing', async () => {
    const admin = await town.as('admin')
    const { body } = await admin.post('/api/v1/tokens', { title: 'gateway', role: 'reporter' })
    const gateway = ApiSession.withToken(town.url, body.token)
    const sent = await gateway.post('/api/v1/readings', [{ sensor: 'pump-03/pressure', value: 4.2 }])
    expect(sent.body).toEqual({ accepted: 1, refused: [] })
    expect((await gateway.get('/api/v1/assets')).body.code).toBe('FORBIDDEN')
  })
})

/** The least that each route asks for; whoever has less is refused, whoever has more is not. */
const least: Readonly<Record<string, 'viewer' | 'crew' | 'engineer' | 'admin'>> = {
  'GET /session': 'viewer',
  'GET /overview': 'viewer',
  'GET /assets': 'viewer',
  'GET /assets/{id}': 'viewer',
  'PUT /assets/{id}': 'engineer',
  'DELETE /assets/{id}': 'engineer',
  'GET /sensors/{asset}/{quantity}/readings': 'viewer',
  'POST /readings': 'engineer',
  'GET /alarms': 'viewer',
  'POST /alarms/{id}/acknowledge': 'engineer',
  'POST /alarms/{id}/shelve': 'engineer',
  'POST /alarms/{id}/unshelve': 'engineer',
  'POST /alarms/{id}/out-of-service': 'engineer',
  'POST /alarms/{id}/in-service': 'engineer',
  'POST /assets/{id}/out-of-service': 'engineer',
  'POST /assets/{id}/in-service': 'engineer',
  'GET /incidents': 'viewer',
  'GET /incidents/{number}': 'viewer',
  'GET /maintenance': 'viewer',
  'GET /maintenance/reach': 'viewer',
  'POST /maintenance': 'engineer',
  'PUT /maintenance/{id}': 'engineer',
  'DELETE /maintenance/{id}': 'engineer',
  'GET /tickets': 'viewer',
  'POST /tickets': 'crew',
  'GET /tickets/{number}': 'viewer',
  'POST /tickets/{number}/{action}': 'crew',
  'GET /rules': 'viewer',
  'GET /rules/{id}': 'viewer',
  'PUT /rules/{id}': 'engineer',
  'DELETE /rules/{id}': 'engineer',
  'POST /rules/backtest': 'engineer',
  'POST /rules/{id}/suggest': 'engineer',
  'GET /budgets': 'viewer',
  'PUT /budgets/{class}': 'engineer',
  'GET /classes': 'viewer',
  'GET /crews': 'viewer',
  'GET /map': 'viewer',
  'GET /map/{layer}': 'viewer',
  'GET /devices': 'engineer',
  'POST /devices': 'engineer',
  'POST /devices/bulk': 'engineer',
  'GET /devices/{id}/snippets': 'engineer',
  'POST /devices/{id}/rotate': 'engineer',
  'POST /devices/{id}/revoke': 'engineer',
  'GET /discovered': 'engineer',
  'POST /discovered/adopt': 'engineer',
  'DELETE /discovered': 'engineer',
  'GET /discovered/devices': 'engineer',
  'POST /discovered/devices/adopt': 'engineer',
  'DELETE /discovered/devices': 'engineer',
  'GET /sources': 'engineer',
  'DELETE /sources': 'engineer',
  'GET /quarantine': 'engineer',
  'DELETE /quarantine/{id}': 'engineer',
  'GET /users': 'admin',
  'POST /users': 'admin',
  'POST /users/{user}/password': 'admin',
  'DELETE /users/{user}': 'admin',
  'GET /tokens': 'admin',
  'POST /tokens': 'admin',
  'DELETE /tokens/{id}': 'admin',
}
/** Tested by themselves: they end sessions, or never end. */
const apart = ['POST /login', 'POST /logout', 'DELETE /session', 'GET /stream']

const rank = ['viewer', 'crew', 'engineer', 'admin'] as const

/** What is asked need not exist: it is about who gets past the door. */
function askedPath(pattern: string): string {
  const values: Record<string, string> = { number: '999999', action: 'comment', layer: 'water', id: '999999' }
  return `/api/v1${pattern.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? 'nothing')}`
}

describe('who may do what', () => {
  test('the table names every route', async () => {
    const { paths } = (await town.anonymous.get('/api/docs/json')).body
    const routes = Object.entries<object>(paths)
      .filter(([path]) => path.startsWith('/api/v1'))
      .flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.slice(7)}`))
    expect(routes.sort()).toEqual([...Object.keys(least), ...apart].sort())
  })

  test.each(Object.entries(least))('%s: %s and above', async (route, lowest) => {
    const [method = '', pattern = ''] = route.split(' ')
    const body = method === 'GET' || method === 'DELETE' ? undefined : {}
    const nobody = await new ApiSession(town.url).ask(method, askedPath(pattern), body)
    expect([nobody.status, nobody.body.code]).toEqual([401, 'NOT_LOGGED_IN'])
    for (const role of roles) {
      const { status, body: answer } = await (await town.as(role)).ask(method, askedPath(pattern), body)
      const expected = rank.indexOf(role) >= rank.indexOf(lowest) ? 'let in' : 'FORBIDDEN'
      expect([role, status === 403 ? answer.code : 'let in']).toEqual([role, expected])
    }
  })
})
