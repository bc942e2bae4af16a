import { expect, test } from '@jest/globals'
import { Clocks } from '../../ingest/index.ts'
import { startedDashboard } from '../support/started-dashboard.ts'

test('a device that is listed shows how far its clock is off, and why that matters, and so does its asset; the metrics count such devices', async () => {
  const clocks = new Clocks()
  const town = await startedDashboard({ clocks })
  await town.registry.addDevice({ id: 'logger-1', title: '', assets: ['pump-01'], subscribes: [], publishes: [] })
  await town.registry.addDevice({ id: 'logger-2', title: '', assets: ['pump-02'], subscribes: [], publishes: [] })
  clocks.heard('logger-1', town.clock.at + 3 * 3_600_000, town.clock.at)
  const engineer = await town.as('engineer')
  const { items } = (await engineer.get('/api/v1/devices')).body
  expect(items.map((device: { id: string; clock: unknown }) => [device.id, device.clock])).toEqual([
    [
      'logger-1',
      { skewMs: 3 * 3_600_000, flagged: true, samples: 1, reason: expect.stringMatching(/3 h ahead: set it/) },
    ],
    ['logger-2', null],
  ])
  const clocksOf = async (asset: string) => (await engineer.get(`/api/v1/assets/${asset}`)).body.wrongClocks
  expect(await clocksOf('pump-01')).toEqual([{ device: 'logger-1', reason: expect.stringMatching(/3 h ahead/) }])
  expect(await clocksOf('pump-02')).toEqual([])
  expect((await town.anonymous.get('/metrics')).text).toMatch(/lengthsman_clocks_flagged 1\n/)
})
