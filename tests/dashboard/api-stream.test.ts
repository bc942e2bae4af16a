import { get } from 'node:http'
import { beforeAll, describe, expect, test } from '@jest/globals'
import type { ApiSession } from '../support/api-session.ts'
import { followed } from '../support/event-source.ts'
import { startedDashboard } from '../support/started-dashboard.ts'

let town: Awaited<ReturnType<typeof startedDashboard>>
let viewer: ApiSession
beforeAll(async () => {
  town = await startedDashboard({
    limits: { scrypt: { N: 16, r: 1, p: 1 }, stream: { ringEvents: 20, clients: 8, keepAliveMs: 200 } },
  })
  viewer = await town.as('viewer')
})

describe('the live stream', () => {
  test('is sent as it should pass every proxy', async () => {
    const { response, stop } = await followed(viewer)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(response.headers.get('x-accel-buffering')).toBe('no')
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    stop()
  })

  test('begins with the newest of what is asked for, and follows with what comes', async () => {
    await town.observe('pump-02/pressure', [4.1, 4.2])
    const page = await followed(viewer, '?assets=pump-02')
    const first = await page.event(({ name }) => name === 'readings')
    expect(first.data.values).toEqual([['pump-02/pressure', town.clock.at, 4.2, 'good']])
    town.clock.at += 60_000
    await town.observe('pump-03/pressure', [9])
    await town.observe('pump-02/pressure', [4.3])
    const next = await page.event(({ data }) => data.values?.[0]?.[2] === 4.3)
    expect(next.data.values).toEqual([['pump-02/pressure', town.clock.at, 4.3, 'good']])
    expect(next.id).toBeUndefined()
    page.stop()
  })

  test('tells of alarm, asset and ticket in that order of need, and replays them', async () => {
    const page = await followed(viewer)
    town.clock.at += 60_000
    await town.observe('pump-01/vibration', [8])
    const alarm = await page.event(({ name, data }) => name === 'alarm' && data.state === 'firing')
    expect(alarm.data).toMatchObject({ id: 'VibrationHigh@pump-01', level: 'action' })
    const ticket = await page.event(({ name }) => name === 'ticket')
    expect(ticket.data).toMatchObject({ asset: 'pump-01', state: 'open' })
    const asset = await page.event(({ name, data }) => name === 'asset' && data.state === 'action')
    expect(asset.data).toEqual({ id: 'pump-01', state: 'action', openTickets: 1 })
    page.stop()

    const again = await followed(viewer, '', page.state.startId)
    await again.event(({ id }) => id === asset.id)
    const numbered = page.events.filter(({ id }) => id !== undefined)
    expect(again.events.filter(({ id }) => id !== undefined).slice(0, numbered.length)).toEqual(numbered)
    expect(numbered.map(({ id }) => Number(id))).toEqual(
      [...numbered.map(({ id }) => Number(id))].sort((a, b) => a - b),
    )
    again.stop()
  })

  test('says so when what was missed is no longer held, or was never there', async () => {
    for (const lastEventId of ['1', 'rubbish', '9007199254740990']) {
      const page = await followed(viewer, '', lastEventId)
      expect((await page.event(({ name }) => name === 'reset')).data.reason).toContain('no longer held')
      page.stop()
    }
  })

  test('has the rates once a second', async () => {
    const page = await followed(viewer)
    const { data } = await page.event(({ name }) => name === 'rates')
    expect(data).toMatchObject({ sensorsKnown: 6, devicesConnected: 0 })
    page.stop()
  })

  test('refuses assets that do not exist, and too many of them', async () => {
    expect((await viewer.get('/api/v1/stream?assets=pump-99')).body.code).toBe('ASSET_UNKNOWN')
    const many = Array.from({ length: 51 }, (_, n) => `a-${n}`).join(',')
    expect((await viewer.get(`/api/v1/stream?assets=${many}`)).body.code).toBe('REQUEST_INVALID')
    expect((await town.anonymous.get('/api/v1/stream')).status).toBe(401)
  })

  test('ends when its session does', async () => {
    const leaving = await town.as('crew')
    const page = await followed(leaving)
    await leaving.post('/api/v1/logout')
    await page.ended()
    expect(page.state.ended).toBe(true)
  })

  test('has so many places; the next one is told to come back', async () => {
    const pages = []
    for (let n = town.dashboard.feed.stream.clientCount; n < 8; n++) pages.push(await followed(viewer))
    const { status, body, headers } = await viewer.get('/api/v1/stream')
    expect([status, body.code, headers.get('retry-after')]).toEqual([503, 'STREAM_FULL', '30'])
    for (const page of pages) page.stop()
  })
})

// A page behind a connection that takes nothing: the kernel's buffers fill, then ours must not.
test('a page that does not read is dropped, and holds nothing meanwhile', async () => {
  const small = await startedDashboard({
    limits: { scrypt: { N: 16, r: 1, p: 1 }, stream: { ringEvents: 10, stalledMsMax: 300, keepAliveMs: 50 } },
  })
  const session = await small.as('viewer')
  const { feed } = small.dashboard
  const request = get(`${small.url}/api/v1/stream`, { headers: session.headers() })
  const response = await new Promise<import('node:http').IncomingMessage>((done) => request.once('response', done))
  response.pause()
  const ended = new Promise((done) => response.once('close', done))
  const padding = 'x'.repeat(100_000)
  const deadline = Date.now() + 15_000
  while (feed.stream.clientsDropped === 0 && Date.now() < deadline) {
    feed.stream.publish('asset', { id: padding, state: 'normal', openTickets: 0 })
    await new Promise((done) => setTimeout(done, 2))
  }
  expect(feed.stream.clientsDropped).toBe(1)
  expect(feed.stream.clientCount).toBe(0)
  response.resume()
  await ended
})

test('a dashboard that stops ends its pages at once', async () => {
  const leaving = await startedDashboard()
  const page = await followed(await leaving.as('viewer'), '?assets=pump-01')
  const began = performance.now()
  await leaving.dashboard.close()
  await page.ended()
  expect(performance.now() - began).toBeLessThan(2_000)
})
