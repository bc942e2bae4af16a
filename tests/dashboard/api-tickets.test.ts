import { beforeAll, describe, expect, test } from '@jest/globals'
import type { ApiSession } from '../support/api-session.ts'
import { startedDashboard } from '../support/started-dashboard.ts'

let town: Awaited<ReturnType<typeof startedDashboard>>
let crew: ApiSession
let viewer: ApiSession
beforeAll(async () => {
  town = await startedDashboard()
  crew = await town.as('crew')
  viewer = await town.as('viewer')
  await town.observe('pump-01/vibration', [3, 3, 8])
})

describe('a ticket', () => {
  const path = '/api/v1/tickets/1'

  test('explains itself', async () => {
    const { body } = await crew.get(path)
    expect(body).toMatchObject({
      number: 1,
      asset: 'pump-01',
      assetName: 'Pump 1',
      state: 'open',
      crew: 'water',
      crewName: 'Water crew',
      cause: { rule: 'VibrationHigh', ruleVersion: '0123456789ab', sensor: 'pump-01/vibration', level: 'action' },
      jobPlan: ['Lock out', 'Check the drive-end bearing'],
      causes: ['Lack of grease', 'Misalignment'],
      place: { address: 'Mill Lane 1' },
    })
    const points = body.priority.factors.reduce((sum: number, factor: { points: number }) => sum + factor.points, 0)
    expect(points).toBe(body.priority.score)
    expect(body.history.length).toBeGreaterThan(0)
  })

  test('offers a viewer nothing to do', async () => {
    expect((await viewer.get(path)).body.allowed).toEqual([])
    expect((await viewer.post(`${path}/acknowledge`, {})).body.code).toBe('FORBIDDEN')
  })

  test('refuses what is not possible now, and lists what is', async () => {
    const { status, body } = await crew.post(`${path}/finish`, {})
    expect([status, body.code]).toEqual([409, 'TICKET_MOVE_REFUSED'])
    expect(body.allowed).toEqual((await crew.get(path)).body.allowed)
    expect(body.allowed).toContain('acknowledge')
  })

  test('says what is missing, by field', async () => {
    await crew.post(`${path}/start`, {})
    const { status, body } = await crew.post(`${path}/hold`, {})
    expect([status, body.code]).toEqual([422, 'TICKET_ACTION_INCOMPLETE'])
    expect(body.faults[0].path).toBe('holdReason')
  })

  test('goes its way by whom it was sent, and keeps the history', async () => {
    const steps = [
      ['hold', { holdReason: 'parts', note: 'bearing ordered' }, 'on-hold'],
      ['resume', {}, 'in-progress'],
      ['finish', { foundCause: 'Lack of grease', remedy: 'Greased' }, 'verifying'],
      ['close', { closing: 'unverified', note: 'pump is out of service until autumn' }, 'closed'],
      ['reopen', { note: 'was not it' }, 'open'],
      ['cancel', { note: 'pump is replaced' }, 'cancelled'],
    ] as const
    for (const [action, body, state] of steps) {
      const answer = await crew.post(`${path}/${action}`, body)
      expect([action, answer.status, answer.body.state]).toEqual([action, 200, state])
    }
    const { history } = (await viewer.get(path)).body
    const mine = history
      .filter(({ by }: { by: string }) => by === 'crew')
      .map(({ action }: { action: string }) => action)
    expect(mine).toEqual(['start', 'hold', 'resume', 'finish', 'close', 'reopen', 'cancel'])
  })

  test('that nobody knows, and an action that does not exist, are problems', async () => {
    expect((await crew.get('/api/v1/tickets/77')).body.code).toBe('TICKET_UNKNOWN')
    expect((await crew.post('/api/v1/tickets/77/comment', { note: 'x' })).body.code).toBe('TICKET_UNKNOWN')
    expect((await crew.post(`${path}/explode`, {})).body.code).toBe('REQUEST_INVALID')
  })
})

describe('a person’s own ticket', () => {
  const draft = { asset: 'pump-02', failureMode: 'bearing-wear', severity: 'minor', note: 'Grinds at night' }

  test('is raised once; who reports it again adds to it', async () => {
    const raised = await crew.post('/api/v1/tickets', draft)
    expect([raised.status, raised.body.state]).toEqual([201, 'open'])
    expect(raised.headers.get('location')).toBe(`/api/v1/tickets/${raised.body.number}`)
    const again = await crew.post('/api/v1/tickets', { ...draft, note: 'Still grinds' })
    expect([again.status, again.body.number]).toEqual([200, raised.body.number])
    expect(again.text).toContain('Still grinds')
  })

  test('needs an asset and failure mode that exist', async () => {
    const { status, body } = await crew.post('/api/v1/tickets', { ...draft, failureMode: 'rust' })
    expect([status, body.code, body.faults[0].path]).toEqual([422, 'TICKET_INVALID', 'failureMode'])
  })
})

describe('the list of tickets', () => {
  const listed = async (query: string) =>
    (await viewer.get(`/api/v1/tickets?${query}`)).body.items.map(({ asset }: { asset: string }) => asset)

  test.each([
    ['', ['pump-02', 'pump-01']],
    ['unfinished=true', ['pump-02']],
    ['state=cancelled', ['pump-01']],
    ['state=cancelled,open', ['pump-02', 'pump-01']],
    ['asset=pump-01', ['pump-01']],
    ['crew=water', ['pump-02', 'pump-01']],
    ['crew=lifts', []],
  ])('filtered by %j', async (query, assets) => {
    expect(await listed(query)).toEqual(assets)
  })

  test('comes page by page; a cursor of somebody’s own making is refused', async () => {
    const first = await viewer.get('/api/v1/tickets?limit=1')
    expect(first.body.items).toHaveLength(1)
    const second = await viewer.get(`/api/v1/tickets?limit=1&after=${first.body.next}`)
    expect([second.body.items[0].asset, second.body.next]).toEqual(['pump-01', null])
    expect((await viewer.get('/api/v1/tickets?after=rubbish')).body.code).toBe('TICKETS_CURSOR_INVALID')
  })
})
