import { gzipSync } from 'node:zlib'
import { InfluxDB, Point } from '@influxdata/influxdb-client'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { StoreUnavailable } from '../../ingest/index.ts'
import { startedDashboard } from '../support/started-dashboard.ts'

let town: Awaited<ReturnType<typeof startedDashboard>>
let token: string
beforeAll(async () => {
  town = await startedDashboard()
  const admin = await town.as('admin')
  token = (await admin.post('/api/v1/tokens', { title: 'telegraf', role: 'reporter' })).body.token
})

/** Seconds and nanoseconds of the town's clock, which stands still. */
const seconds = () => town.clock.at / 1_000

async function write(
  body: string | Buffer,
  { path = '/api/v2/write?precision=s', headers = {} }: { path?: string; headers?: Record<string, string> } = {},
) {
  const answer = await fetch(`${town.url}${path}`, {
    method: 'POST',
    body: typeof body === 'string' ? body : new Uint8Array(body),
    headers: { authorization: `Token ${token}`, 'content-type': 'text/plain; charset=utf-8', ...headers },
  })
  const text = await answer.text()
  return { status: answer.status, headers: answer.headers, text, body: text === '' ? undefined : JSON.parse(text) }
}

async function kept(sensor: string, from: number, to: number): Promise<readonly number[]> {
  const series = await town.store.series({ sensor: sensor as never, from, to, points: 100 })
  return series.kind === 'raw' ? [...series.value] : []
}

describe('POST /api/v2/write', () => {
  test('keeps what InfluxDB’s own client sends, before it answers', async () => {
    const at = town.clock.at - 60_000
    const influx = new InfluxDB({ url: town.url, token })
    const api = influx.getWriteApi('any org', 'any bucket', 'ms', { gzipThreshold: 1, maxRetries: 0 })
    api.writePoint(new Point('pump').tag('asset', 'pump-01').floatField('vibration', 3.25).timestamp(at))
    api.writePoint(new Point('pump').tag('asset', 'pump-01').intField('pressure', 4).timestamp(at))
    await api.close()
    expect(await kept('pump-01/vibration', at, at + 1)).toEqual([3.25])
    expect(await kept('pump-01/pressure', at, at + 1)).toEqual([4])
  })

  test.each([
    ['Token', () => ({ authorization: `Token ${token}` })],
    ['Bearer', () => ({ authorization: `Bearer ${token}` })],
    ['Token with a user', () => ({ authorization: `Token telegraf:${token}` })],
    ['Basic', () => ({ authorization: `Basic ${Buffer.from(`telegraf:${token}`).toString('base64')}` })],
  ])('takes an API token as %s', async (_, headers) => {
    expect(await write(`pump-02 vibration=1 ${seconds()}`, { headers: headers() })).toMatchObject({
      status: 204,
      text: '',
    })
  })

  test('answers in InfluxDB’s form to whoever has no token, or not for this', async () => {
    const none = await write('pump-02 vibration=1', { headers: { authorization: '' } })
    expect([none.status, none.body.code]).toEqual([401, 'unauthorized'])
    expect((await write('pump-02 vibration=1', { headers: { authorization: 'Token guess' } })).status).toBe(401)
    const admin = await town.as('admin')
    const viewing = (await admin.post('/api/v1/tokens', { title: 'a screen', role: 'viewer' })).body.token
    const viewer = await write('pump-02 vibration=1', { headers: { authorization: `Token ${viewing}` } })
    expect([viewer.status, viewer.body.code]).toEqual([403, 'forbidden'])
  })

  test('a token in such a form opens nothing else', async () => {
    const answer = await fetch(`${town.url}/api/v1/readings`, {
      method: 'POST',
      body: '[{"sensor":"pump-01/vibration","value":1}]',
      headers: { authorization: `Token ${token}`, 'content-type': 'application/json' },
    })
    expect(answer.status).toBe(401)
    expect((await fetch(`${town.url}/api/v1/assets?p=${token}`)).status).toBe(401)
  })

  test('keeps the good lines of a bad body, and names each other one', async () => {
    const at = seconds() - 120
    const answer = await write(
      [
        `pump,asset=pump-03 vibration=1,pressure=2 ${at}`,
        'pump,asset=pump-03 vibration=n/a',
        '# a comment',
        `pump,asset=pump-03 vibratoin=1 ${at}`,
        `cpu,host=gw usage_idle=97.5 ${at}`,
      ].join('\n'),
    )
    expect(answer.status).toBe(400)
    expect(answer.body).toEqual({
      code: 'invalid',
      line: 2,
      message: expect.stringMatching(
        /^partial write: 3 of 4 lines dropped or kept in part, the others are kept; line 2, column 30: value "n\/a" of field "vibration" is no number, boolean or "text"; line 4, column 1: sensor pump-03\/vibratoin is unknown: .*did you mean pump-03\/vibration\?; line 5, column 1: .*line:telegraf\/cpu,host=gw\/usage_idle/,
      ),
    })
    expect(town.discovered.list()).toContainEqual(
      expect.objectContaining({ name: 'line:telegraf/cpu,host=gw/usage_idle', device: 'token telegraf', value: 97.5 }),
    )
    expect(await kept('pump-03/vibration', at * 1_000, at * 1_000 + 1)).toEqual([1])
    expect(await kept('pump-03/pressure', at * 1_000, at * 1_000 + 1)).toEqual([2])
  })

  test('a timestamp of another precision is not taken for 1970', async () => {
    const answer = await write(`pump-01 vibration=1 ${seconds()}`, { path: '/api/v2/write' })
    expect([answer.status, answer.body.message]).toEqual([400, expect.stringContaining('add precision=s')])
  })

  test.each([
    ['no lines', '# only a comment\n', {}, 400, 'there are no lines in the body'],
    ['bytes that are no UTF-8', Buffer.from([0x6d, 0x20, 0xff]), {}, 400, 'the body is not UTF-8'],
    ['what is said to be gzip', 'pump-01 vibration=1', { 'content-encoding': 'gzip' }, 400, 'it is no gzip'],
    ['an encoding nobody uses', 'pump-01 vibration=1', { 'content-encoding': 'lzw' }, 400, 'expected gzip or none'],
    ['a large body', Buffer.alloc(4 * 1_024 * 1_024 + 1, 'x'), {}, 413, 'larger than this route takes'],
    [
      'a small one that is large unpacked',
      gzipSync(Buffer.alloc(5 * 1_024 * 1_024, 'x')),
      { 'content-encoding': 'gzip' },
      413,
      'larger',
    ],
    ['too many fields', `m f=1\n`.repeat(50_001), {}, 413, 'larger than this route takes'],
  ] as const)('%s', async (_, body, headers, status, message) => {
    const answer = await write(body, { headers })
    expect([answer.status, answer.body.message]).toEqual([status, expect.stringContaining(message)])
  })

  test('an unknown precision is refused', async () => {
    const answer = await write('pump-01 vibration=1', { path: '/api/v2/write?precision=days' })
    expect([answer.status, answer.body.code]).toEqual([400, 'invalid'])
  })

  test('a store that is away: nothing is promised, and when to come again is said', async () => {
    const away = await startedDashboard()
    const admin = await away.as('admin')
    const { token: own } = (await admin.post('/api/v1/tokens', { title: 'agent', role: 'reporter' })).body
    Object.assign(away.store, { append: () => Promise.reject(new StoreUnavailable('away')) })
    const answer = await fetch(`${away.url}/api/v2/write?precision=ms`, {
      method: 'POST',
      body: `pump-01 vibration=1 ${away.clock.at}`,
      headers: { authorization: `Token ${own}` },
    })
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5'])
    expect(await answer.json()).toEqual({ code: 'unavailable', message: 'the reading store does not answer now' })
  })
})

describe('POST /write, of InfluxDB 1.x', () => {
  test('takes the token as the password of the query, and tells troubles in its own form', async () => {
    const path = `/write?db=any&u=telegraf&p=${token}&precision=s`
    const headers = { authorization: '' }
    expect((await write(`pump-01 vibration=5 ${seconds()}`, { path, headers })).status).toBe(204)
    expect((await write('bad', { path, headers })).body).toEqual({ error: expect.stringContaining('line 1, column 4') })
  })
})

test('GET /ping says that somebody is there', async () => {
  const answer = await fetch(`${town.url}/ping`)
  expect([answer.status, answer.headers.get('x-influxdb-version')]).toEqual([204, 'lengthsman-0.0.0-test'])
  expect((await fetch(`${town.url}/ping`, { method: 'HEAD' })).status).toBe(204)
})

describe('POST /api/v1/readings', () => {
  test('takes one reading without a list around it, and a quality', async () => {
    const engineer = await town.as('engineer')
    const sent = { sensor: 'pump-02/pressure', value: 3, quality: 'stuck', observedAt: '2026-05-04T09:00:00Z' }
    expect((await engineer.post('/api/v1/readings', sent)).body).toEqual({ accepted: 1, refused: [] })
    const refused = await engineer.post('/api/v1/readings', { sensor: 'pump-02/pressure' })
    expect([refused.status, refused.body.code]).toEqual([400, 'REQUEST_INVALID'])
  })

  test('a source name that is mapped to nothing is refused as an unknown sensor', async () => {
    const engineer = await town.as('engineer')
    const { body } = await engineer.post('/api/v1/readings', [{ sensor: `line:x/${'y'.repeat(200)}`, value: 3 }])
    expect(body).toMatchObject({ accepted: 0, refused: [{ index: 0, reason: 'unknown-sensor' }] })
  })
})
