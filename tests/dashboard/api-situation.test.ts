import { beforeAll, describe, expect, test } from '@jest/globals'
import type { Asset } from '../../city/index.ts'
import type { ApiSession } from '../support/api-session.ts'
import { followed } from '../support/event-source.ts'
import { startedDashboard } from '../support/started-dashboard.ts'

const hourMs = 3_600_000
let town: Awaited<ReturnType<typeof startedDashboard>>
let engineer: ApiSession
let viewer: ApiSession
const iso = (afterMs: number) => new Date(town.clock.at + afterMs).toISOString()
const alarm = encodeURIComponent('VibrationHigh@pump-01')
const idsOf = ({ body }: { body: { items: { id: string }[] } }) => body.items.map(({ id }) => id)
/** What the engine owes is handed out with the next tick, as the program does each second. */
const tick = async () => {
  for (const event of town.engine.tick(town.clock.at)) await town.tickets.consider(event, town.clock.at)
}

beforeAll(async () => {
  town = await startedDashboard()
  engineer = await town.as('engineer')
  viewer = await town.as('viewer')
  await town.observe('pump-01/vibration', [9])
})

describe('GET /alarms', () => {
  test('is filtered by what hides them, class and failure mode', async () => {
    const count = async (query: string) => idsOf(await viewer.get(`/api/v1/alarms?${query}`)).length
    expect(await count('hidden=no')).toBe(1)
    expect(await count('hidden=yes')).toBe(0)
    expect(await count('class=test-pump')).toBe(1)
    expect(await count('class=bridge')).toBe(0)
    expect(await count('failureMode=bearing-wear&state=firing')).toBe(1)
    expect(await count('failureMode=seal-leak')).toBe(0)
    expect((await viewer.get('/api/v1/alarms?hidden=maybe')).body.code).toBe('REQUEST_INVALID')
  })
})

describe('out of service', () => {
  test('an asset: hidden and listed with why, by whom and until when; and back', async () => {
    const taken = await engineer.post('/api/v1/assets/pump-01/out-of-service', { reason: 'drained' })
    expect(taken.body).toMatchObject({
      kind: 'out of service',
      assets: [{ id: 'pump-01', name: 'Pump 1' }],
      until: iso(30 * 24 * hourMs),
      by: 'engineer',
      open: true,
    })
    const [hidden] = (await viewer.get('/api/v1/alarms?hidden=out-of-service')).body.items
    expect(hidden).toMatchObject({
      state: 'firing',
      hiddenBy: { kind: 'out-of-service', reason: 'drained', by: 'engineer' },
    })
    const { body } = await viewer.get('/api/v1/assets/pump-01')
    expect(body).toMatchObject({ state: 'normal', service: { id: taken.body.id } })
    expect((await engineer.post('/api/v1/assets/pump-01/in-service')).body.open).toBe(false)
    expect((await viewer.get('/api/v1/assets/pump-01')).body).toMatchObject({ state: 'action', service: null })
    expect((await engineer.post('/api/v1/assets/pump-01/in-service')).body.code).toBe('WINDOW_UNKNOWN')
  })

  test('one alarm, listed even while it is quiet', async () => {
    const quiet = encodeURIComponent('VibrationHigh@pump-03')
    expect((await engineer.post(`/api/v1/alarms/${quiet}/out-of-service`, { reason: 'wrong here' })).status).toBe(200)
    expect(idsOf(await viewer.get('/api/v1/alarms?state=all&hidden=yes'))).toEqual(['VibrationHigh@pump-03'])
    expect((await engineer.post(`/api/v1/alarms/${quiet}/in-service`)).status).toBe(200)
    expect(idsOf(await viewer.get('/api/v1/alarms?state=all&hidden=yes'))).toEqual([])
  })

  test.each([
    ['for ever', { reason: 'x', until: '2099-01-01T00:00:00Z' }, 'WINDOW_INVALID'],
    ['until the past', { reason: 'x', until: '2020-01-01T00:00:00Z' }, 'WINDOW_INVALID'],
    ['for no reason', { reason: '  ' }, 'REQUEST_INVALID'],
  ])('not %s', async (_, body, code) => {
    expect((await engineer.post('/api/v1/assets/pump-01/out-of-service', body)).body.code).toBe(code)
    expect((await engineer.post(`/api/v1/alarms/${alarm}/out-of-service`, body)).body.code).toBe(code)
  })

  test('what nobody knows is a problem', async () => {
    expect((await engineer.post('/api/v1/assets/nothing/out-of-service', { reason: 'x' })).body.code).toBe(
      'ASSET_UNKNOWN',
    )
    expect((await engineer.post('/api/v1/alarms/nothing/out-of-service', { reason: 'x' })).body.code).toBe(
      'ALARM_UNKNOWN',
    )
  })
})

describe('maintenance', () => {
  const draft = () => ({ assets: ['pump-01'], from: iso(0), until: iso(hourMs), reason: 'new bearing' })

  test('reaches what depends on an asset unless less is asked for', async () => {
    expect((await viewer.get('/api/v1/maintenance/reach?assets=pump-01')).body).toEqual({
      count: 2,
      assets: ['pump-01', 'pump-02'],
    })
    expect((await viewer.get('/api/v1/maintenance/reach?assets=pump-01&reach=asset')).body.count).toBe(1)
    expect((await viewer.get('/api/v1/maintenance/reach?assets=nothing')).body.code).toBe('ASSET_UNKNOWN')
  })

  test('is planned, listed, changed and ended; open pages hear of it', async () => {
    const events = await followed(viewer)
    const planned = await engineer.post('/api/v1/maintenance', draft())
    expect(planned.status).toBe(201)
    expect(planned.body).toMatchObject({ kind: 'maintenance', reach: 'dependents', covers: 2, open: true })
    await events.event(({ name, data }) => name === 'window' && data.id === planned.body.id)
    expect(idsOf(await viewer.get('/api/v1/maintenance'))).toEqual([planned.body.id])
    expect(idsOf(await viewer.get('/api/v1/maintenance?kind=crew%20on%20site'))).toEqual([])
    const path = `/api/v1/maintenance/${planned.body.id}`
    const later = { ...draft(), from: iso(hourMs), until: iso(2 * hourMs) }
    expect((await engineer.put(path, later)).body).toMatchObject({ id: planned.body.id, open: false })
    expect((await viewer.get('/api/v1/assets/pump-01')).body.service).toBeNull()
    expect((await engineer.delete(path)).status).toBe(204)
    expect((await engineer.delete(path)).body.code).toBe('WINDOW_UNKNOWN')
    expect((await engineer.put(path, later)).body.code).toBe('WINDOW_UNKNOWN')
    events.stop()
  })

  test('that ends before it begins, or is of nothing, is refused with what is wrong', async () => {
    const backwards = await engineer.post('/api/v1/maintenance', { ...draft(), until: iso(-hourMs) })
    expect(backwards.body).toMatchObject({ code: 'WINDOW_INVALID', detail: expect.stringContaining('until') })
    expect((await engineer.post('/api/v1/maintenance', { ...draft(), assets: [] })).body.code).toBe('REQUEST_INVALID')
    expect((await engineer.post('/api/v1/maintenance', { ...draft(), assets: ['x'] })).body.code).toBe('ASSET_UNKNOWN')
  })

  test('raises at its end what came up in it', async () => {
    const { body } = await engineer.post('/api/v1/maintenance', { ...draft(), assets: ['pump-03'] })
    await town.observe('pump-03/vibration', [9])
    await tick()
    expect(town.tickets.openByAsset().get('pump-03')).toBeUndefined()
    await engineer.delete(`/api/v1/maintenance/${body.id}`)
    await tick()
    expect(town.tickets.openByAsset().get('pump-03')).toBe(1)
  })
})

describe('incidents', () => {
  test('are listed with root, reasons and tickets; one with its alarms as they are now', async () => {
    const assets: Asset[] = ['main-01', 'pump-11', 'pump-12', 'pump-13'].map((id, index) => ({
      id,
      name: id,
      class: 'test-pump',
      criticality: 3,
      place: { latitude: 48.3, longitude: 16.4 },
      district: 'South',
      relations: index === 0 ? [] : [{ kind: 'fed by', asset: 'main-01' }],
    }))
    const city = { name: 'Testham', timeZone: 'Europe/Vienna', classes: [], crews: [], mapLayers: [] }
    await town.registry.importCity({ ...city, assets })
    const events = await followed(viewer)
    expect((await viewer.get('/api/v1/incidents')).body).toEqual({ items: [], next: null })
    for (const { id } of assets.slice(1)) await town.observe(`${id}/vibration`, [9])
    await events.event(({ name, data }) => name === 'incident' && data.number === 1)
    events.stop()
    const [incident] = (await viewer.get('/api/v1/incidents')).body.items
    expect(incident).toMatchObject({ number: 1, state: 'open', root: { asset: 'main-01' }, assets: 3, alarms: 3 })
    expect(incident.tickets).toHaveLength(3)
    const { body } = await viewer.get('/api/v1/incidents/1')
    expect(body.members).toHaveLength(3)
    expect(body.members[0]).toMatchObject({
      asset: 'pump-11',
      state: 'firing',
      hiddenBy: null,
      ticket: incident.tickets[0],
    })
    expect((await viewer.get(`/api/v1/tickets/${incident.tickets[0]}`)).body.incident).toMatchObject({ number: 1 })
    await town.observe('pump-11/vibration', [1])
    expect((await viewer.get('/api/v1/incidents/1')).body.members[0]).toMatchObject({
      state: 'inactive',
      overAt: expect.any(String),
    })
    expect((await viewer.get('/api/v1/incidents/7')).body.code).toBe('INCIDENT_UNKNOWN')
  })
})
