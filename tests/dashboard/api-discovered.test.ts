import { beforeAll, describe, expect, test } from '@jest/globals'
import type { ApiSession } from '../support/api-session.ts'
import { startedDashboard } from '../support/started-dashboard.ts'

let town: Awaited<ReturnType<typeof startedDashboard>>
let engineer: ApiSession
beforeAll(async () => {
  town = await startedDashboard()
  engineer = await town.as('engineer')
})

const note = (name: string, changes: { device?: string; value?: number; unit?: string } = {}) =>
  town.discovered.note({
    device: 'network-server',
    topic: 'application/1/device/x/event/up',
    name,
    value: 1,
    observedAt: town.clock.at,
    receivedAt: town.clock.at,
    ...changes,
  })
const names = async () => {
  const { body } = await engineer.get('/api/v1/discovered')
  return body.items.map(({ name }: { name: string }) => name)
}
const path = (name: string) => encodeURIComponent(name)

describe('discovered sensors', () => {
  test('are listed with what they sent and what they probably are, in pages', async () => {
    note('sparkplug:Plant/edge/Pump_1/Pressure', { value: 58, unit: 'psi' })
    note('chirpstack:70b3d57ed0001234/battery', { value: 3.6 })
    const { body } = await engineer.get('/api/v1/discovered?limit=1')
    expect(body.items).toEqual([
      expect.objectContaining({ name: 'chirpstack:70b3d57ed0001234/battery', value: 3.6, unit: null, count: 1 }),
    ])
    const rest = await engineer.get(`/api/v1/discovered?after=${path(body.next)}`)
    expect(rest.body).toEqual({
      items: [
        {
          name: 'sparkplug:Plant/edge/Pump_1/Pressure',
          device: 'network-server',
          topic: 'application/1/device/x/event/up',
          unit: 'psi',
          value: 58,
          observedAt: new Date(town.clock.at).toISOString(),
          count: 1,
          firstAt: new Date(town.clock.at).toISOString(),
          lastAt: new Date(town.clock.at).toISOString(),
          suggestion: { asset: 'pump-01', quantity: 'pressure', unit: '[psi]' },
        },
      ],
      next: null,
    })
  })

  test('are adopted in one step, convert from then on, and come back when the mapping is taken back', async () => {
    const name = 'sparkplug:Plant/edge/Pump_1/Pressure'
    const answer = await engineer.post('/api/v1/discovered/adopt', {
      items: [{ name, sensor: 'pump-01/pressure', unit: '[psi]' }],
    })
    expect(answer.status).toBe(200)
    expect(answer.body.items).toEqual([
      { name, sensor: 'pump-01/pressure', unit: '[psi]', factor: null, offset: null, fault: null },
    ])
    expect(await names()).not.toContain(name)
    const source = town.registry.source(name)
    expect(58 * (source?.scale ?? 0)).toBeCloseTo(4, 2)
    expect((await engineer.get('/api/v1/sources')).body.items).toEqual(answer.body.items)

    const csv = await engineer.get('/api/v1/sources?format=csv')
    expect(csv.headers.get('content-type')).toContain('text/csv')
    expect(csv.text).toBe(`source,sensor,unit,factor,offset\n${name},pump-01/pressure,[psi],,\n`)

    expect((await engineer.delete(`/api/v1/sources?name=${path(name)}`)).status).toBe(204)
    expect(town.registry.source(name)).toBeUndefined()
    expect(await names()).toContain(name)
    expect((await engineer.delete(`/api/v1/sources?name=${path(name)}`)).body.code).toBe('SOURCE_UNKNOWN')
  })

  test('are adopted together with a new asset, or neither', async () => {
    const asset = {
      id: 'pump-09',
      name: 'Pump 9',
      class: 'test-pump',
      criticality: 2,
      place: { latitude: 48.2, longitude: 16.3 },
    }
    const items = [{ name: 'tts:app/p9/vibration', sensor: 'pump-09/vibration' }]
    const wrong = await engineer.post('/api/v1/discovered/adopt', {
      items: [{ ...items[0], unit: 'bar' }],
      assets: [asset],
    })
    expect([wrong.status, wrong.body.code]).toEqual([422, 'SOURCE_INVALID'])
    expect(wrong.body.detail).toContain('"bar" does not convert to "mm/s"')
    expect(town.registry.asset('pump-09')).toBeUndefined()
    expect((await engineer.post('/api/v1/discovered/adopt', { items, assets: [asset] })).status).toBe(200)
    expect(town.registry.source('tts:app/p9/vibration')?.sensor.asset).toBe('pump-09')
    expect((await engineer.get('/api/v1/assets/pump-09')).status).toBe(200)
  })

  test('a sensor that is taken says by what; an exchanged instrument takes its place when told to', async () => {
    const items = [{ name: 'tts:app/new/vibration', sensor: 'pump-09/vibration' }]
    const taken = await engineer.post('/api/v1/discovered/adopt', { items })
    expect(taken.body.detail).toContain('has the source "tts:app/p9/vibration" already')
    expect((await engineer.post('/api/v1/discovered/adopt', { items, replace: true })).status).toBe(200)
    expect(town.registry.source('tts:app/p9/vibration')).toBeUndefined()
  })

  test('are forgotten on request', async () => {
    const name = 'chirpstack:70b3d57ed0001234/battery'
    expect((await engineer.delete(`/api/v1/discovered?name=${path(name)}`)).status).toBe(204)
    expect(await names()).not.toContain(name)
    expect((await engineer.delete(`/api/v1/discovered?name=${path(name)}`)).body.code).toBe('DISCOVERED_UNKNOWN')
  })
})

describe('discovered devices', () => {
  test('are adopted with a credential, whose snippets hold the secret', async () => {
    town.discovered.noteDevice({ device: 'Logger 7', address: '10.0.0.9', at: town.clock.at })
    const { body } = await engineer.get('/api/v1/discovered/devices')
    expect(body.items).toMatchObject([{ device: 'Logger 7', address: '10.0.0.9', count: 1 }])
    const made = await engineer.post('/api/v1/discovered/devices/adopt', {
      seenAs: 'Logger 7',
      id: 'logger-7',
      assets: ['pump-02'],
    })
    expect(made.status).toBe(201)
    const { secret, snippets } = made.body
    expect(town.registry.authenticate('logger-7', secret).kind).toBe('accepted')
    expect(snippets.map((snippet: { for: string }) => snippet.for)).toEqual([
      'mosquitto',
      'arduino',
      'esphome',
      'python',
    ])
    for (const { text } of snippets) {
      expect(text).toContain(secret)
      expect(text).toContain(String(town.broker.port))
      expect(text).toContain('telemetry/pump-02/vibration')
    }
    expect((await engineer.get('/api/v1/discovered/devices')).body.items).toEqual([])
    const later = await engineer.get('/api/v1/devices/logger-7/snippets')
    expect(later.text).not.toContain(secret)
    expect(later.body.items[0].text).toContain('-P THE-DEVICE-SECRET')
    expect(later.body.tlsPort).toBeNull()
  })

  test('are forgotten on request', async () => {
    town.discovered.noteDevice({ device: 'guess', address: '10.0.0.9', at: town.clock.at })
    expect((await engineer.delete('/api/v1/discovered/devices?name=guess')).status).toBe(204)
    expect((await engineer.delete('/api/v1/discovered/devices?name=guess')).status).toBe(404)
  })
})

describe('many devices at once', () => {
  test('are made all or none, with every fault', async () => {
    const wrong = await engineer.post('/api/v1/devices/bulk', {
      items: [{ id: 'many-1', assets: ['pump-01'] }, { id: 'many-2', assets: ['pump-99'] }, { id: 'Many' }],
    })
    expect(wrong.body.code).toBe('DEVICE_INVALID')
    expect(wrong.body.faults).toHaveLength(2)
    expect(town.registry.device('many-1')).toBeUndefined()
    const made = await engineer.post('/api/v1/devices/bulk', {
      items: [{ id: 'many-1', assets: ['pump-01'] }, { id: 'many-2' }],
    })
    expect(made.status).toBe(201)
    for (const { id, secret } of made.body.items) expect(town.registry.authenticate(id, secret).kind).toBe('accepted')
  })
})

test('who may not see devices sees nothing of this', async () => {
  const viewer = await town.as('viewer')
  for (const url of ['discovered', 'discovered/devices', 'sources', 'devices/logger-7/snippets'])
    expect([url, (await viewer.get(`/api/v1/${url}`)).status]).toEqual([url, 403])
  expect((await viewer.post('/api/v1/discovered/adopt', { items: [{ name: 'a:b/c', sensor: 'x/y' }] })).status).toBe(
    403,
  )
})

test('log-ins that were refused are shown on the device', async () => {
  const { connectAsync } = await import('mqtt')
  const refused = connectAsync({
    ...{ host: '127.0.0.1', port: town.broker.port, clientId: 'logger-7', username: 'logger-7', password: 'guess' },
    reconnectPeriod: 0,
  })
  await expect(refused).rejects.toThrow()
  const { body } = await engineer.get('/api/v1/devices')
  const device = body.items.find(({ id }: { id: string }) => id === 'logger-7')
  expect(device.refusedLogins).toMatchObject({ count: 1, reason: 'wrong secret' })
  expect(body.items.find(({ id }: { id: string }) => id === 'many-1').refusedLogins).toBeNull()
})

test('from a network server that nobody prepared for to a reading in the right unit, in one step', async () => {
  const { connectAsync } = await import('mqtt')
  const { secret } = await town.registry.addDevice({
    ...{ id: 'lorawan', title: '', assets: [], subscribes: [] },
    publishes: ['application/+/device/+/event/up'],
  })
  const client = await connectAsync({
    ...{ host: '127.0.0.1', port: town.broker.port, clientId: 'lorawan', username: 'lorawan', password: secret },
    reconnectPeriod: 0,
  })
  const uplink = (pressure: number) =>
    client.publishAsync(
      'application/1/device/70b3d57ed0009999/event/up',
      JSON.stringify({
        time: new Date(town.clock.at).toISOString(),
        deviceInfo: { deviceName: 'pump-03', devEui: '70b3d57ed0009999' },
        object: { pressure },
      }),
      { qos: 1 },
    )
  await uplink(300)
  const { body } = await engineer.get('/api/v1/discovered')
  const found = body.items.find(({ name }: { name: string }) => name.includes('70b3d57ed0009999/pressure'))
  expect(found).toMatchObject({ device: 'lorawan', value: 300 })
  const items = [{ name: found.name, sensor: 'pump-03/pressure', unit: 'kPa' }]
  expect((await engineer.post('/api/v1/discovered/adopt', { items })).status).toBe(200)
  await uplink(310)
  await client.endAsync()
  const asset = await engineer.get('/api/v1/assets/pump-03')
  const pressure = asset.body.sensors.find(({ quantity }: { quantity: string }) => quantity === 'pressure')
  expect([pressure.unit, pressure.latest.value]).toEqual(['bar', 3.1])
})
