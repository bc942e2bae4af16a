import { mkdirSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { connectAsync } from 'mqtt'
import { temporaryFolder } from '../support/files.ts'
import { passwordOf, startedDashboard } from '../support/started-dashboard.ts'

let town: Awaited<ReturnType<typeof startedDashboard>>
const pagesFolder = temporaryFolder()
beforeAll(async () => {
  mkdirSync(join(pagesFolder, 'assets'))
  writeFileSync(join(pagesFolder, 'index.html'), '<!doctype html><title>Pages</title>')
  writeFileSync(join(pagesFolder, 'theme.js'), '"use strict"')
  writeFileSync(join(pagesFolder, 'assets', 'index-4f3a.js'), 'export {}')
  town = await startedDashboard({ pagesFolder })
})

describe('every answer', () => {
  test.each(['/', '/api/v1/assets', '/health', '/nothing.js'])('of %s carries the security headers', async (path) => {
    const { headers } = await town.anonymous.get(path)
    const policy = headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("script-src 'self'")
    expect(policy).not.toContain('unsafe')
    expect(policy).toContain("frame-ancestors 'none'")
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('x-frame-options')).toBe('DENY')
    expect(headers.get('referrer-policy')).toBe('same-origin')
    expect(headers.has('x-powered-by') || headers.has('strict-transport-security')).toBe(false)
  })

  test('of the API is not kept by any cache', async () => {
    const viewer = await town.as('viewer')
    expect((await viewer.get('/api/v1/assets')).headers.get('cache-control')).toBe('no-store')
    expect((await viewer.get('/api/v1/assets/pump-99')).headers.get('cache-control')).toBe('no-store')
  })

  test('behind HTTPS pins the browser to it, the cookie too', async () => {
    const secure = await startedDashboard({ secureCookies: true })
    const { headers } = await secure.anonymous.post('/api/v1/login', { user: 'crew', password: passwordOf('crew') })
    expect(headers.get('set-cookie')).toMatch(
      /^__Host-lengthsman_session=.*; Path=\/; .*HttpOnly; Secure; SameSite=Lax$/,
    )
    expect(headers.get('strict-transport-security')).toBe('max-age=31536000')
    expect((await secure.anonymous.get('/api/v1/session')).status).toBe(200)
  })

  test('to what the API does not know is a problem', async () => {
    for (const [method, path] of [
      ['GET', '/api/v1/nothing'],
      ['POST', '/api/v1/assets'],
      ['GET', '/api'],
    ] as const) {
      const { status, body } = await town.anonymous.ask(method, path)
      expect([status, body.code]).toEqual([404, 'ROUTE_UNKNOWN'])
    }
  })

  test('to JSON that is none, or that reaches for the prototype, is a problem', async () => {
    for (const text of ['{', '{"__proto__":{"role":"admin"}}', '']) {
      const { status, body } = await town.anonymous.post('/api/v1/login', text)
      expect([status, body.code]).toEqual([400, 'REQUEST_INVALID'])
    }
  })

  test('of 500 says nothing of the inside', async () => {
    const broken = await startedDashboard()
    const viewer = await broken.as('viewer')
    broken.engine.alarmsOf = () => {
      throw new Error('secret path /var/lib/lengthsman')
    }
    const { status, body, text } = await viewer.get('/api/v1/assets')
    expect([status, body.code]).toEqual([500, 'INTERNAL'])
    expect(text).not.toMatch(/secret|var\/lib|at /)
  })

  test('of a store that is away is 503 with when to come again', async () => {
    const broken = await startedDashboard()
    const viewer = await broken.as('viewer')
    await broken.observe('pump-01/pressure', [4])
    await broken.store.close()
    for (const accept of ['application/json', 'text/csv']) {
      const { status, body, headers } = await viewer.get('/api/v1/sensors/pump-01/pressure/readings', { accept })
      expect([status, body.code, headers.get('retry-after')]).toEqual([503, 'STORE_UNAVAILABLE', '5'])
    }
  })
})

describe('the pages', () => {
  test.each(['/', '/assets/pump-01', '/tickets/12?tab=history'])('%s is index.html, asked for anew', async (path) => {
    const { status, text, headers } = await town.anonymous.get(path)
    expect([status, headers.get('cache-control')]).toEqual([200, 'no-cache'])
    expect(text).toContain('<title>Pages</title>')
  })

  test('files with a hash in their name are kept for ever, others are not', async () => {
    const hashed = await town.anonymous.get('/assets/index-4f3a.js')
    expect(hashed.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    expect(hashed.headers.get('content-type')).toMatch(/javascript/)
    expect((await town.anonymous.get('/theme.js')).headers.get('cache-control')).toBe('no-cache')
  })

  test.each(['/assets/index-0000.js', '/../package.json', '/..%2fpackage.json', '/.env'])(
    '%s is nowhere',
    async (path) => {
      expect((await town.anonymous.get(path)).text).not.toContain('lengthsman"')
      expect((await town.anonymous.get('/assets/index-0000.js')).status).toBe(404)
    },
  )

  test('that are not built say so', async () => {
    const bare = await startedDashboard()
    const { status, text } = await bare.anonymous.get('/tickets')
    expect(status).toBe(503)
    expect(text).toContain('npm run build')
  })
})

describe('for whoever runs the program', () => {
  test('health tells of each part', async () => {
    const { status, body } = await town.anonymous.get('/health')
    expect([status, body.status, body.version]).toEqual([200, 'ready', '0.0.0-test'])
    expect(body.parts.map(({ name }: { name: string }) => name)).toEqual([
      'database',
      'readings (duckdb)',
      'broker',
      'rules',
    ])
    expect((await town.anonymous.get('/health/live')).body).toEqual({ status: 'live' })
  })

  test('health is 503 when a part is not', async () => {
    const broken = await startedDashboard()
    await broken.store.close()
    const { status, body } = await broken.anonymous.get('/health')
    expect([status, body.status]).toEqual([503, 'degraded'])
  })

  test('metrics are Prometheus text, with our prefix and no names of people or devices', async () => {
    const { text, headers } = await town.anonymous.get('/metrics')
    expect(headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
    for (const metric of [
      'sensors 6',
      'broker_messages_in_total 0',
      'ingest_readings_kept_total 0',
      'stream_clients 0',
    ])
      expect(text).toContain(`\nlengthsman_${metric}\n`)
    const samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
    for (const sample of samples) expect(sample).toMatch(/^lengthsman_\w+(\{[^}]*\})? \S+$/)
  })

  test('a port that is taken is one clear line', async () => {
    await expect(startedDashboard({ port: town.dashboard.port })).rejects.toMatchObject({
      code: 'HTTP_PORT_TAKEN',
      message: expect.stringContaining('LENGTHSMAN_HTTP_PORT'),
    })
  })
})

describe('WebSockets', () => {
  test('at /mqtt are MQTT, with a device’s own credential', async () => {
    const { secret } = await town.registry.addDevice({ id: 'web-1', title: '', assets: ['pump-01'], subscribes: [] })
    const client = await connectAsync(`${town.url.replace('http', 'ws')}/mqtt`, {
      ...{ username: 'web-1', password: secret, clientId: 'web-1', reconnectPeriod: 0 },
    })
    await client.publishAsync('telemetry/pump-01/pressure', '4.5', { qos: 1 })
    const { body } = await (await town.as('viewer')).get('/api/v1/assets/pump-01')
    expect(body.sensors.find(({ quantity }: { quantity: string }) => quantity === 'pressure').latest.value).toBe(4.5)
    await client.endAsync()
  })

  test('elsewhere are refused', async () => {
    const socket = connect(town.dashboard.port, '127.0.0.1')
    socket.write('GET /api/v1/stream HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n')
    const answer = await new Promise<string>((done) => socket.once('data', (data) => done(String(data))))
    expect(answer).toMatch(/^HTTP\/1\.1 404/)
    socket.destroy()
  })
})
