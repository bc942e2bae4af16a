import { describe, expect, test } from '@jest/globals'
import { Presences } from '../../ingest/index.ts'
import { startIngest } from '../support/ingest-parts.ts'
import { noon } from '../support/readings.ts'

const node = 'sparkplug:Plant1/edge-3'

describe('what is known of a device', () => {
  test('nothing, before anything happened', () => {
    expect(new Presences().of('gate-1')).toEqual({ changedAt: undefined, status: undefined, behind: [] })
  })

  test('since when it is connected or not, and what it or its will said last', () => {
    const presences = new Presences()
    presences.connected('gate-1', true, 1)
    presences.said('gate-1', 'online', 2)
    expect(presences.of('gate-1')).toMatchObject({ changedAt: 1, status: { text: 'online', at: 2 } })
    presences.said('gate-1', 'offline', 3)
    presences.connected('gate-1', false, 3)
    expect(presences.of('gate-1')).toMatchObject({ changedAt: 3, status: { text: 'offline', at: 3 } })
    expect(presences.of('gate-2').changedAt).toBeUndefined()
  })

  test('those behind it are online since their first birth certificate, and gone since their death', () => {
    const presences = new Presences()
    presences.heard('gate-1', { name: 'pump', online: true }, 1)
    presences.heard('gate-1', { name: 'valve', online: true }, 2)
    presences.heard('gate-1', { name: 'pump', online: true }, 3)
    presences.heard('gate-1', { name: 'valve', online: false }, 4)
    expect(presences.of('gate-1').behind).toEqual([
      { name: 'valve', online: false, since: 4 },
      { name: 'pump', online: true, since: 1 },
    ])
  })

  test('when its connection is gone, nobody speaks for those behind it', () => {
    const presences = new Presences()
    presences.connected('gate-1', true, 1)
    presences.heard('gate-1', { name: 'pump', online: true }, 2)
    presences.heard('gate-1', { name: 'valve', online: false }, 3)
    presences.connected('gate-1', false, 9)
    expect(presences.of('gate-1').behind).toEqual([
      { name: 'pump', online: false, since: 9 },
      { name: 'valve', online: false, since: 3 },
    ])
    presences.connected('gate-1', true, 10)
    presences.heard('gate-1', { name: 'pump', online: true }, 11)
    expect(presences.of('gate-1').behind[1]).toEqual({ name: 'pump', online: true, since: 11 })
  })

  test('bounds: devices, those behind one, and the length of a status', () => {
    const presences = new Presences({ devicesMax: 2, behindMax: 2 })
    for (const device of ['a', 'b', 'c']) presences.connected(device, true, 1)
    expect(['a', 'b', 'c'].map((device) => presences.of(device).changedAt)).toEqual([undefined, 1, 1])
    for (const name of ['x', 'y', 'z']) presences.heard('c', { name, online: true }, 2)
    presences.heard('c', { name: 'y', online: false }, 3)
    expect(presences.of('c').behind.map(({ name, online }) => [name, online])).toEqual([
      ['y', false],
      ['x', true],
    ])
    presences.said('c', 'x'.repeat(1_000), 4)
    expect(presences.of('c').status?.text).toHaveLength(200)
  })
})

test('birth and death certificates that come in are noted under the device that sent them', async () => {
  const heard: unknown[] = []
  const parts = await startIngest({
    now: () => noon,
    presences: { heard: (device, presence, at) => heard.push([device, presence, at]) },
  })
  const receive = (topic: string) =>
    parts.ingest.receive({ device: 'gate-1', topic, payload: new Uint8Array(), receivedAt: noon })
  await receive('spBv1.0/Plant1/NBIRTH/edge-3')
  await receive('spBv1.0/Plant1/NDEATH/edge-3')
  await parts.close()
  expect(heard).toEqual([
    ['gate-1', { name: node, online: true }, noon],
    ['gate-1', { name: node, online: false }, noon],
  ])
})
