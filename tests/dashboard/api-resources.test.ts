import { beforeAll, describe, expect, test } from '@jest/globals'
import { connectAsync } from 'mqtt'
import type { ApiSession } from '../support/api-session.ts'
import { startedDashboard } from '../support/started-dashboard.ts'

const minuteMs = 60_000

let town: Awaited<ReturnType<typeof startedDashboard>>
let viewer: ApiSession
let engineer: ApiSession
let admin: ApiSession
beforeAll(async () => {
  town = await startedDashboard()
  viewer = await town.as('viewer')
  engineer = await town.as('engineer')
  admin = await town.as('admin')
  await town.observe('pump-01/vibration', [3, 3.1, 3.2, 5, 7.5])
  await town.observe('pump-01/pressure', [4, 4.1])
  await town.observe('pump-02/vibration', [2])
})

const idsOf = (answer: { body: { items: { id: string }[] } }) => answer.body.items.map((item) => item.id)

describe('assets', () => {
  test('are listed with the state that their alarms give them', async () => {
    const { body } = await viewer.get('/api/v1/assets')
    expect(body.next).toBeNull()
    expect(body.items.map(({ id, state, openTickets }: never) => [id, state, openTickets])).toEqual([
      ['pump-01', 'action', 1],
      ['pump-02', 'normal', 0],
      ['pump-03', 'normal', 0],
    ])
    expect(body.items[0]).toMatchObject({ classTitle: 'Pump', criticality: 4, district: 'Old Town' })
  })

  test.each([
    ['state=action', ['pump-01']],
    ['state=normal,silent', ['pump-02', 'pump-03']],
    ['district=North', ['pump-03']],
    ['q=mill%20lane%202', ['pump-02']],
    ['q=PUMP%203', ['pump-03']],
    ['class=bridge', []],
  ])('filtered by %s', async (query, ids) => {
    expect(idsOf(await viewer.get(`/api/v1/assets?${query}`))).toEqual(ids)
  })

  test('come page by page', async () => {
    const first = await viewer.get('/api/v1/assets?limit=2')
    expect(idsOf(first)).toEqual(['pump-01', 'pump-02'])
    const second = await viewer.get(`/api/v1/assets?limit=2&after=${first.body.next}`)
    expect(idsOf(second)).toEqual(['pump-03'])
    expect(second.body.next).toBeNull()
  })

  test('one has its class, relations both ways, sensors with newest value and limits, alarms and open tickets', async () => {
    const { body } = await viewer.get('/api/v1/assets/pump-01')
    expect(body.classDetail.failureModes[0]).toMatchObject({ id: 'bearing-wear', skill: 'mechanical' })
    expect(body.relations).toEqual([
      { kind: 'fed by', direction: 'in', asset: 'pump-02', name: 'Pump 2', state: 'normal' },
    ])
    const vibration = body.sensors.find((sensor: { quantity: string }) => sensor.quantity === 'vibration')
    expect(vibration).toMatchObject({
      unit: 'mm/s',
      expectedIntervalSeconds: 60,
      latest: { value: 7.5, quality: 'good' },
    })
    expect(vibration.limits).toEqual(
      expect.arrayContaining([
        { rule: 'VibrationHigh', level: 'action', direction: 'above', value: 7.1, title: 'Vibration high' },
        { rule: 'VibrationHigh', level: 'warning', direction: 'above', value: 4.5, title: 'Vibration high' },
      ]),
    )
    expect(body.alarms[0]).toMatchObject({ id: 'VibrationHigh@pump-01', state: 'firing', level: 'action', limit: 7.1 })
    expect(body.tickets).toHaveLength(1)
  })

  test('that nobody knows are a problem with the id in it', async () => {
    const { status, headers, body } = await viewer.get('/api/v1/assets/pump-99')
    expect(status).toBe(404)
    expect(headers.get('content-type')).toMatch(/^application\/problem\+json/)
    expect(body).toEqual({
      type: 'urn:lengthsman:problem:asset-unknown',
      title: 'No such asset',
      status: 404,
      code: 'ASSET_UNKNOWN',
      detail: 'no asset "pump-99"',
    })
  })

  test('are put, and removed again when nobody refers to them', async () => {
    const draft = { name: 'Pump 4', class: 'test-pump', criticality: 2, place: { latitude: 48, longitude: 16 } }
    const put = await engineer.put('/api/v1/assets/pump-04', {
      ...draft,
      relations: [{ kind: 'part of', asset: 'pump-03' }],
    })
    expect([put.status, put.body.state]).toEqual([200, 'normal'])
    const inUse = await engineer.delete('/api/v1/assets/pump-03')
    expect([inUse.status, inUse.body.code]).toEqual([409, 'ASSET_REFERRED_TO'])
    expect((await engineer.delete('/api/v1/assets/pump-04')).status).toBe(204)
    expect((await engineer.delete('/api/v1/assets/pump-04')).body.code).toBe('ASSET_UNKNOWN')
  })

  test('that cannot be are refused with every fault', async () => {
    const { status, body } = await engineer.put('/api/v1/assets/pump-05', {
      name: 'x',
      class: 'pomp',
      criticality: 2,
      place: { latitude: 48, longitude: 16 },
      relations: [{ kind: 'fed by', asset: 'pump-77' }],
    })
    expect([status, body.code]).toEqual([422, 'ASSET_INVALID'])
    expect(body.faults.length).toBeGreaterThanOrEqual(2)
    expect(JSON.stringify(body.faults)).toMatch(/pomp.*pump-77/s)
  })

  test('whose form is wrong are refused with the path of each fault', async () => {
    const { status, body } = await engineer.put('/api/v1/assets/pump-05', { name: '', criticality: 9 })
    expect([status, body.code]).toEqual([400, 'REQUEST_INVALID'])
    expect(body.faults.map(({ path }: { path: string }) => path)).toEqual(
      expect.arrayContaining(['body/name', 'body/class', 'body/criticality', 'body/place']),
    )
  })
})

describe('readings', () => {
  const path = '/api/v1/sensors/pump-01/vibration/readings'

  test('are raw when they fit', async () => {
    const { body } = await viewer.get(`${path}?to=2026-05-04T10:00:00.001Z`)
    expect(body).toMatchObject({ sensor: 'pump-01/vibration', unit: 'mm/s', kind: 'raw', widthMs: null })
    expect(body.mean).toEqual([3, 3.1, 3.2, 5, 7.5])
    expect(body.at.at(-1)).toBe(town.clock.at)
    expect(body.quality).toHaveLength(5)
  })

  test('are buckets when they do not', async () => {
    const { body } = await viewer.get(`${path}?from=2026-05-04T09:50:00Z&to=2026-05-04T10:10:00Z&points=2`)
    expect(body.kind).toBe('buckets')
    expect(Math.max(...body.max)).toBe(7.5)
    expect(body.quality).toBeNull()
  })

  test.each([
    [{ accept: 'text/csv' }, ''],
    [{}, '&format=csv'],
  ])('are CSV when asked for by %j %s', async (headers, query) => {
    const answer = await viewer.get(`${path}?from=2026-05-04T09:57:00Z&to=2026-05-04T10:00:00.001Z${query}`, headers)
    expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8')
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename="pump-01-vibration.csv"')
    expect(answer.text.split('\n')).toEqual([
      'observedAt,value,unit,quality',
      '2026-05-04T09:57:00.000Z,3.1,mm/s,good',
      '2026-05-04T09:58:00.000Z,3.2,mm/s,good',
      '2026-05-04T09:59:00.000Z,5,mm/s,good',
      '2026-05-04T10:00:00.000Z,7.5,mm/s,good',
      '',
    ])
  })

  test('that are many come whole and in order, window by window', async () => {
    const count = 45_000
    const first = town.clock.at - count * 1_000
    const drafts = Array.from({ length: count }, (_, n) => ({
      sensor: 'pump-03/vibration',
      value: n / 10_000,
      observedAt: first + n * 1_000,
    }))
    await town.ingest.submit(drafts)
    const { text } = await viewer.get('/api/v1/sensors/pump-03/vibration/readings?format=csv')
    const values = text
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => Number(line.split(',')[1]))
    expect(values).toEqual(drafts.map(({ value }) => value))
  })

  test('of an unknown sensor: the answer says which was probably meant', async () => {
    const { body } = await viewer.get('/api/v1/sensors/pump-01/vibraton/readings')
    expect(body).toMatchObject({ code: 'SENSOR_UNKNOWN', status: 404 })
    expect(body.detail).toContain('did you mean pump-01/vibration?')
  })

  test('of a range that ends before it begins are refused', async () => {
    const { body } = await viewer.get(`${path}?from=2026-05-04T10:00:00Z&to=2026-05-04T09:00:00Z`)
    expect(body.code).toBe('RANGE_INVALID')
  })

  test('sent over HTTP are kept when the answer comes; what is refused is named', async () => {
    const { status, body } = await engineer.post('/api/v1/readings', [
      { sensor: 'pump-03/pressure', value: 4.4, observedAt: '2026-05-04T11:59:30+02:00' },
      { sensor: 'pump-03/presure', value: 4.4 },
      { sensor: 'pump-03/pressure', value: 99 },
    ])
    expect(status).toBe(200)
    expect(body.accepted).toBe(2)
    expect(body.refused).toMatchObject([
      { index: 1, sensor: 'pump-03/presure', reason: 'unknown-sensor', suggestion: 'pump-03/pressure' },
    ])
    const { body: series } = await viewer.get('/api/v1/sensors/pump-03/pressure/readings?to=2026-05-04T10:01:00Z')
    expect(series.mean).toEqual([4.4, 99])
    expect(series.quality).toEqual(['good', 'out-of-range'])
  })

  test('too many at once are refused, not cut', async () => {
    const many = Array.from({ length: 10_001 }, () => ({ sensor: 'pump-03/pressure', value: 1 }))
    expect((await engineer.post('/api/v1/readings', many)).body.code).toBe('REQUEST_INVALID')
    const large = [{ sensor: 'x'.repeat(5 * 1024 * 1024), value: 1 }]
    expect((await engineer.post('/api/v1/readings', large)).body.code).toBe('BODY_TOO_LARGE')
  })
})

describe('alarms', () => {
  const id = encodeURIComponent('VibrationHigh@pump-01')

  test('are listed while they are not inactive; all of them on demand', async () => {
    expect(idsOf(await viewer.get('/api/v1/alarms'))).toEqual(['VibrationHigh@pump-01'])
    expect(idsOf(await viewer.get('/api/v1/alarms?state=all&asset=pump-02'))).toEqual(['VibrationHigh@pump-02'])
  })

  test('say in a sentence what holds, and nothing while they are inactive', async () => {
    const reasonOf = async (asset: string) =>
      (await viewer.get(`/api/v1/alarms?state=all&asset=${asset}`)).body.items[0].reason
    expect(await reasonOf('pump-01')).toMatch(/^vibration \S+ mm\/s, above 7\.1 mm\/s/)
    expect(await reasonOf('pump-02')).toBeNull()
  })

  test('are acknowledged by name', async () => {
    const { body } = await engineer.post(`/api/v1/alarms/${id}/acknowledge`)
    expect(body).toMatchObject({ state: 'firing', acknowledgedBy: 'engineer' })
  })

  test('that are shelved hide from the asset, and come back', async () => {
    const until = new Date(town.clock.at + 60 * minuteMs).toISOString()
    const shelved = await engineer.post(`/api/v1/alarms/${id}/shelve`, { reason: 'bearing is replaced', until })
    expect(shelved.body.hiddenBy).toEqual({ kind: 'shelved', reason: 'bearing is replaced', by: 'engineer', until })
    expect((await viewer.get('/api/v1/assets/pump-01')).body.state).toBe('normal')
    expect((await engineer.post(`/api/v1/alarms/${id}/unshelve`)).body.hiddenBy).toBeNull()
    expect((await viewer.get('/api/v1/assets/pump-01')).body.state).toBe('action')
  })

  test.each([
    ['the past', -1],
    ['more than thirty days away', 31 * 24 * 60],
  ])('cannot be shelved until %s', async (_, minutes) => {
    const until = new Date(town.clock.at + minutes * minuteMs).toISOString()
    const { body } = await engineer.post(`/api/v1/alarms/${id}/shelve`, { reason: 'x', until })
    expect(body).toMatchObject({ code: 'SHELVING_INVALID', faults: [{ path: 'body/until' }] })
  })

  test('that nobody knows are a problem', async () => {
    expect((await engineer.post('/api/v1/alarms/Nothing@pump-01/acknowledge')).body.code).toBe('ALARM_UNKNOWN')
  })
})

describe('rules, classes, crews, map', () => {
  test('rules tell how many of their alarms fire, and their text', async () => {
    const { body } = await viewer.get('/api/v1/rules')
    expect(body.items).toMatchObject([{ id: 'VibrationHigh', kind: 'threshold', alarmsFiring: 1 }])
    expect((await viewer.get('/api/v1/rules/VibrationHigh')).body).toMatchObject({
      watchSeconds: 600,
      source: 'ISO 20816-7',
    })
    expect((await viewer.get('/api/v1/rules/Nothing')).body.code).toBe('RULE_UNKNOWN')
  })

  test('classes and crews are listed whole', async () => {
    expect(idsOf(await viewer.get('/api/v1/classes'))).toContain('test-pump')
    expect((await viewer.get('/api/v1/crews')).body.items).toEqual([
      { id: 'water', name: 'Water crew', skills: ['mechanical', 'electrical'], area: [] },
    ])
  })

  test('the map is sent once and then known by its tag, until the town changes', async () => {
    const first = await viewer.get('/api/v1/map/water')
    expect(first.body.features[0].properties.name).toBe('River')
    const tag = first.headers.get('etag') ?? ''
    expect((await viewer.get('/api/v1/map/water', { 'if-none-match': tag })).status).toBe(304)
    expect((await viewer.get('/api/v1/map')).body.items.map(({ name }: { name: string }) => name)).toEqual(['water'])
    expect((await viewer.get('/api/v1/map/streets')).body).toEqual({ type: 'FeatureCollection', features: [] })
    expect((await viewer.get('/api/v1/map/secrets')).body.code).toBe('MAP_LAYER_UNKNOWN')
    await town.registry.putMapLayer({ name: 'water', features: { type: 'FeatureCollection', features: [] } })
    expect((await viewer.get('/api/v1/map/water', { 'if-none-match': tag })).status).toBe(200)
  })
})

describe('devices', () => {
  const connect = (username: string, password: string) =>
    connectAsync(`mqtt://127.0.0.1:${town.broker.port}`, {
      ...{ username, password, clientId: username, reconnectPeriod: 0, connectTimeout: 3_000 },
    })

  test('get a secret once; a new secret ends the connection of the old one; revoking too', async () => {
    const added = await engineer.post('/api/v1/devices', { id: 'gateway-1', title: 'North', assets: ['pump-01'] })
    expect(added.status).toBe(201)
    expect(added.body).toMatchObject({ id: 'gateway-1', connected: false, revokedAt: null })
    const first = await connect('gateway-1', added.body.secret)
    expect((await engineer.get('/api/v1/devices')).body.items[0].connected).toBe(true)
    expect((await engineer.get('/api/v1/devices')).text).not.toContain(added.body.secret)

    const closed = new Promise<void>((done) => first.once('close', done))
    const rotated = await engineer.post('/api/v1/devices/gateway-1/rotate')
    await closed
    await expect(connect('gateway-1', added.body.secret)).rejects.toThrow(/authori[sz]ed/i)
    const second = await connect('gateway-1', rotated.body.secret)
    const closedAgain = new Promise<void>((done) => second.once('close', done))
    expect((await engineer.post('/api/v1/devices/gateway-1/revoke')).body.revokedAt).not.toBeNull()
    await closedAgain
    await expect(connect('gateway-1', rotated.body.secret)).rejects.toThrow(/authori[sz]ed/i)
  })

  test('that exist, cannot be, or are unknown are refused', async () => {
    await engineer.post('/api/v1/devices', { id: 'gateway-2' })
    expect((await engineer.post('/api/v1/devices', { id: 'gateway-2' })).body.code).toBe('DEVICE_EXISTS')
    expect((await engineer.post('/api/v1/devices', { id: 'Gate Way', assets: ['pump-88'] })).body.code).toBe(
      'DEVICE_INVALID',
    )
    expect((await engineer.post('/api/v1/devices/nothing/revoke')).body.code).toBe('DEVICE_UNKNOWN')
  })

  test('what they sent and could not be used is in quarantine, as text, until it is forgotten', async () => {
    const payload = Buffer.from('<img src=x onerror=alert(1)>')
    for (const topic of ['telemetry/pump-01/vibration', 'telemetry/pump-01/pressure'])
      await town.ingest.receive({ device: 'gateway-2', topic, payload, receivedAt: town.clock.at })
    const { body, headers } = await engineer.get('/api/v1/quarantine?limit=1')
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(body.items[0]).toMatchObject({ device: 'gateway-2', payload: '<img src=x onerror=alert(1)>', count: 1 })
    const rest = await engineer.get(`/api/v1/quarantine?limit=2&after=${body.next}`)
    expect(rest.body.items).toHaveLength(1)
    expect(rest.body.next).toBeNull()
    expect((await engineer.delete(`/api/v1/quarantine/${body.items[0].id}`)).status).toBe(204)
    expect((await engineer.delete(`/api/v1/quarantine/${body.items[0].id}`)).body.code).toBe('QUARANTINE_UNKNOWN')
    expect((await engineer.get('/api/v1/quarantine?after=rubbish')).body.code).toBe('REQUEST_INVALID')
  })
})

test('the overview has the town in one call', async () => {
  const { body } = await viewer.get('/api/v1/overview')
  expect(body.assets).toEqual({ total: 3, byState: { normal: 2, silent: 0, warning: 0, action: 1 } })
  expect(body.tickets.total).toBe(1)
  expect(body.tickets.first[0].asset).toBe('pump-01')
  expect(body.alarms).toHaveLength(1)
  expect(body.rates.sensorsKnown).toBe(6)
})

test('users are added, given a password, and removed; the last admin is not', async () => {
  const draft = { user: 'mara', name: 'Mara Lindt', role: 'crew', crew: 'water', password: 'twelve letters' }
  expect((await admin.post('/api/v1/users', { ...draft, crew: 'nobody' })).body.code).toBe('CREW_UNKNOWN')
  expect((await admin.post('/api/v1/users', { ...draft, password: 'short' })).body.code).toBe('REQUEST_INVALID')
  const added = await admin.post('/api/v1/users', draft)
  expect([added.status, added.body.name]).toEqual([201, 'Mara Lindt'])
  expect((await admin.post('/api/v1/users', draft)).body.code).toBe('USER_EXISTS')
  expect((await admin.post('/api/v1/users/mara/password', { password: 'another password' })).status).toBe(204)
  expect((await admin.get('/api/v1/users')).text).not.toMatch(/scrypt|password/)
  expect((await admin.delete('/api/v1/users/mara')).status).toBe(204)
  expect((await admin.delete('/api/v1/users/mara')).body.code).toBe('USER_UNKNOWN')
  expect((await admin.delete('/api/v1/users/admin')).body.code).toBe('LAST_ADMIN')
})
