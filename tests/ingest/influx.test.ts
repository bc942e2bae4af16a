import { createServer } from 'node:http'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { openInfluxStore } from '../../ingest/index.ts'
import { literal } from '../../ingest/store/influx/influxql.ts'
import { escapeTag } from '../../ingest/store/influx/line-protocol.ts'
import { temporaryFolder } from '../support/files.ts'
import { findInfluxd, type Influxd, startInfluxd } from '../support/influxd.ts'
import { newSensor, noon, readingOf } from '../support/readings.ts'
import { silentLog } from '../support/silence.ts'
import { testReadingStore } from './store.contract.ts'

const folder = temporaryFolder()
const binary = findInfluxd()
const log = silentLog
// A test that is skipped in silence on every machine is no test: where changes are judged, the server must be there.
const mustRun = process.env['CI'] !== undefined

if (binary === undefined && !mustRun) {
  process.stderr.write(
    'InfluxDB tests are skipped: there is no influxd on the PATH (Debian: apt-get install influxdb)\n',
  )
  test.skip('InfluxDB tests need influxd on the PATH', () => {})
} else {
  describe('readings in InfluxDB 1', () => {
    let server: Influxd
    beforeAll(async () => {
      if (binary === undefined)
        throw new Error('influxd is not on the PATH, and in CI it must be: apt-get install influxdb')
      server = await startInfluxd(binary, join(folder, 'open'))
    }, 30_000)
    afterAll(() => server?.stop())

    testReadingStore((place) => openInfluxStore({ url: server.url, database: place, log }))

    test('a server that went away: nothing is said to be kept; once back, the same append succeeds', async () => {
      const sensor = newSensor()
      const store = await openInfluxStore({ url: server.url, database: 'restarted', log })
      await server.stop()
      const readings = [readingOf(sensor, noon, 1)]
      await expect(store.append(readings)).rejects.toMatchObject({ code: 'INGEST_STORE_UNAVAILABLE' })
      await expect(store.latest([sensor])).rejects.toMatchObject({ code: 'INGEST_STORE_UNAVAILABLE' })
      expect(await store.health()).toMatchObject({ ready: false })
      await server.start()
      await store.append(readings)
      expect((await store.latest([sensor])).get(sensor)).toEqual(readings[0])
      await store.close()
    })

    test('readings older than the server keeps them do not hold up the others', async () => {
      const store = await openInfluxStore({ url: server.url, database: 'short', log })
      const q = 'CREATE RETENTION POLICY "week" ON "short" DURATION 7d REPLICATION 1 DEFAULT'
      await fetch(`${server.url}/query`, { method: 'POST', body: new URLSearchParams({ q }) })
      const [sensor, now] = [newSensor(), Date.now()]
      const kept = readingOf(sensor, now, 2)
      await store.append([readingOf(sensor, Date.UTC(2020, 0, 1), 1), kept])
      expect((await store.latest([sensor])).get(sensor)).toEqual(kept)
      await store.close()
    })

    test('with a token a server without /api/v2/write is written to by /write', async () => {
      const sensor = newSensor()
      const store = await openInfluxStore({ url: server.url, token: 'any', org: 'town', bucket: 'tokened', log })
      await store.append([readingOf(sensor, noon, 1)])
      expect((await store.latest([sensor])).get(sensor)?.value).toBe(1)
      await store.close()
    })
  })

  describe('InfluxDB that asks for a password', () => {
    let server: Influxd
    beforeAll(async () => {
      if (binary === undefined)
        throw new Error('influxd is not on the PATH, and in CI it must be: apt-get install influxdb')
      server = await startInfluxd(binary, join(folder, 'guarded'), { user: 'keeper', password: 'of the:town' })
    }, 30_000)
    afterAll(() => server?.stop())

    test('lets us in with it', async () => {
      const account = { user: 'keeper', password: 'of the:town', database: 'readings' }
      const store = await openInfluxStore({ url: server.url, ...account, log })
      const sensor = newSensor()
      await store.append([readingOf(sensor, noon, 1)])
      expect((await store.latest([sensor])).get(sensor)?.value).toBe(1)
      await store.close()
    })

    test('refuses to start with a wrong one, and says which settings to check', async () => {
      const opening = openInfluxStore({ url: server.url, user: 'keeper', password: 'guess', database: 'readings', log })
      await expect(opening).rejects.toMatchObject({
        code: 'INFLUX_UNAUTHORIZED',
        message: expect.stringContaining('LENGTHSMAN_INFLUX_PASSWORD'),
      })
    })
  })
}

describe('InfluxDB 2, as its API says', () => {
  /** Answers as the documentation of 2.7 does; a real one is not to be had from a package here. */
  async function startVersion2(): Promise<{
    close(): void
    url: string
    asked: { path: string; authorization: string; body: string }[]
  }> {
    const asked: { path: string; authorization: string; body: string }[] = []
    const server = createServer(async (request, response) => {
      const body = await text(request)
      const { pathname, searchParams } = new URL(request.url ?? '', 'http://influx')
      const { authorization = '' } = request.headers
      asked.push({ path: request.url ?? '', authorization, body })
      const answer = (status: number, json?: unknown) =>
        response
          .writeHead(status, { 'content-type': 'application/json' })
          .end(json === undefined ? '' : JSON.stringify(json))
      if (pathname === '/ping') return answer(204)
      if (authorization !== 'Token sesame') return answer(401, { code: 'unauthorized', message: 'unauthorized access' })
      if (pathname === '/query' && /CREATE/.test(body)) return answer(200, { results: [{ error: 'not implemented' }] })
      if (pathname === '/query') return answer(200, { results: [{}] })
      if (searchParams.get('bucket') !== 'our readings')
        return answer(404, { code: 'not found', message: `bucket "${searchParams.get('bucket')}" not found` })
      return body === '' ? answer(400, { code: 'invalid', message: 'writing requires points' }) : answer(204)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    return {
      url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
      asked,
      close: () => server.close(),
    }
  }
  let server: Awaited<ReturnType<typeof startVersion2>>
  beforeAll(async () => {
    server = await startVersion2()
  })
  afterAll(() => server.close())
  const account = { token: 'sesame', org: 'town', bucket: 'our readings' }

  test('is written to by /api/v2/write with the token, one awaited request a batch', async () => {
    const store = await openInfluxStore({ url: server.url, ...account, log })
    const reading = readingOf(newSensor(), noon, 1.5)
    server.asked.length = 0
    await store.append([reading])
    const asset = reading.sensor.split('/')[0]
    expect(server.asked).toEqual([
      {
        path: '/api/v2/write?org=town&bucket=our%20readings&precision=ms',
        authorization: 'Token sesame',
        body: `reading,asset=${asset},quantity=vibration value=1.5,receivedAt=${noon + 200}i,quality="good" ${noon}`,
      },
    ])
  })

  test('with a wrong token, or without the bucket, does not start and says what to do', async () => {
    await expect(openInfluxStore({ url: server.url, ...account, token: 'guess', log })).rejects.toMatchObject({
      code: 'INFLUX_UNAUTHORIZED',
      message: expect.stringContaining('LENGTHSMAN_INFLUX_TOKEN'),
    })
    await expect(openInfluxStore({ url: server.url, ...account, bucket: 'nowhere', log })).rejects.toMatchObject({
      code: 'INFLUX_BUCKET_MISSING',
      message: expect.stringContaining('influx bucket create --name nowhere --org town'),
    })
  })
})

describe('lines and statements', () => {
  test('a name cannot end a tag, a condition or a line', () => {
    expect(escapeTag('a b,c=d\\e\nf')).toBe('a\\ b\\,c\\=d\\\\e\\ f')
    expect(literal("x' OR 1=1 --\\")).toBe("'x\\' OR 1=1 --\\\\'")
  })
})

describe('opening InfluxDB', () => {
  test('a server that does not answer is a Refusal that names the address and the setting', async () => {
    await expect(openInfluxStore({ url: 'http://127.0.0.1:9', log })).rejects.toMatchObject({
      code: 'INFLUX_UNREACHABLE',
      message: expect.stringMatching(/http:\/\/127\.0\.0\.1:9 .*LENGTHSMAN_INFLUX_URL/),
    })
    await expect(openInfluxStore({ url: 'influx', log })).rejects.toMatchObject({ code: 'INFLUX_UNREACHABLE' })
  })
})
