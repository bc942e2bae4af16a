import { expect, test } from '@jest/globals'
import { Presences } from '../../ingest/index.ts'
import { startedDashboard } from '../support/started-dashboard.ts'

test('a device that is listed shows since when it is connected, what it said, and who is there behind it', async () => {
  const presences = new Presences()
  const town = await startedDashboard({ presences })
  for (const id of ['gate-1', 'gate-2']) {
    await town.registry.addDevice({ id, title: '', assets: ['pump-01'], subscribes: [], publishes: [] })
  }
  const { at } = town.clock
  presences.connected('gate-1', true, at)
  presences.said('gate-1', 'online', at + 1_000)
  presences.heard('gate-1', { name: 'sparkplug:Plant1/edge-3', online: true }, at + 2_000)
  presences.heard('gate-1', { name: 'sparkplug:Plant1/edge-3/pump', online: false }, at + 3_000)
  const engineer = await town.as('engineer')
  const { items } = (await engineer.get('/api/v1/devices')).body
  const iso = (later: number) => new Date(at + later).toISOString()
  expect(items).toMatchObject([
    {
      id: 'gate-1',
      connectionChangedAt: iso(0),
      status: { text: 'online', at: iso(1_000) },
      behind: [
        { name: 'sparkplug:Plant1/edge-3/pump', online: false, since: iso(3_000) },
        { name: 'sparkplug:Plant1/edge-3', online: true, since: iso(2_000) },
      ],
    },
    { id: 'gate-2', connectionChangedAt: null, status: null, behind: [] },
  ])
})
