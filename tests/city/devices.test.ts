import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { isTopicFilter } from '../../city/device-check.ts'
import { type Registry, sensorId } from '../../city/index.ts'
import { temporaryFolder } from '../support/files.ts'
import { noon, openRegistry, smallCity } from './small-city.ts'

const folder = temporaryFolder()
const draft = {
  id: 'rtu-pump-01',
  title: 'RTU',
  assets: ['pump-01', 'pump-02'],
  subscribes: ['tickets/water'],
  publishes: [],
}

async function filled(path?: string): Promise<{ registry: Registry; close: () => Promise<void> }> {
  const opened = await openRegistry(path)
  await opened.registry.importCity(smallCity)
  return opened
}

describe('authenticate', () => {
  test('lets a device in with its secret and says why it keeps others out', async () => {
    const { registry } = await filled()
    const { device, secret } = await registry.addDevice(draft)
    expect(device).toEqual({ ...draft, createdAt: noon })
    expect(secret).toMatch(/^[\w-]{32}$/)
    expect(registry.authenticate('rtu-pump-01', secret)).toEqual({ kind: 'accepted', device })
    expect(registry.authenticate('rtu-pump-01', `${secret}x`)).toEqual({ kind: 'refused', reason: 'wrong secret' })
    expect(registry.authenticate('rtu-pump-01', '')).toEqual({ kind: 'refused', reason: 'wrong secret' })
    expect(registry.authenticate('rtu-pump-02', secret)).toEqual({ kind: 'refused', reason: 'unknown device' })
  })

  test('survives a restart, and the secret itself is nowhere in the file', async () => {
    const path = join(folder, 'devices.db')
    const { registry, close } = await filled(path)
    const { secret } = await registry.addDevice(draft)
    await close()
    const again = await openRegistry(path)
    expect(again.registry.authenticate('rtu-pump-01', secret).kind).toBe('accepted')
    expect(again.registry.device('rtu-pump-01')).toEqual({ ...draft, createdAt: noon })
    await again.close()
    expect(readFileSync(path).includes(secret)).toBe(false)
  })

  test('a rotated secret replaces the old one; a revoked device stays listed and out', async () => {
    const { registry } = await filled()
    const { secret } = await registry.addDevice(draft)
    const rotated = await registry.rotateDevice('rtu-pump-01')
    expect(registry.authenticate('rtu-pump-01', secret).kind).toBe('refused')
    expect(registry.authenticate('rtu-pump-01', rotated?.secret ?? '').kind).toBe('accepted')
    expect((await registry.revokeDevice('rtu-pump-01'))?.revokedAt).toBe(noon)
    expect(registry.authenticate('rtu-pump-01', rotated?.secret ?? '')).toEqual({ kind: 'refused', reason: 'revoked' })
    expect(registry.devices()).toHaveLength(1)
    const revived = await registry.rotateDevice('rtu-pump-01')
    expect(registry.authenticate('rtu-pump-01', revived?.secret ?? '').kind).toBe('accepted')
    expect(await registry.rotateDevice('nobody')).toBeUndefined()
    expect(await registry.revokeDevice('nobody')).toBeUndefined()
  })

  test('ten thousand devices that come back at once are let in within seconds', async () => {
    const { registry } = await filled()
    const drafts = Array.from({ length: 10_000 }, (_, index) => ({ ...draft, id: `logger-${index}`, assets: [] }))
    const made = await registry.addDevices(drafts)
    const started = performance.now()
    for (const { device, secret } of made) expect(registry.authenticate(device.id, secret).kind).toBe('accepted')
    expect(performance.now() - started).toBeLessThan(3_000)
  })
})

describe('addDevices', () => {
  test('is all or nothing, with every fault named', async () => {
    const { registry } = await filled()
    await registry.addDevice(draft)
    const added = registry.addDevices([
      { ...draft, id: 'fine' },
      draft,
      { ...draft, id: 'Not Fine' },
      { ...draft, id: 'lost', assets: ['pump-3'] },
      { ...draft, id: 'greedy', subscribes: ['tickets/#/x'] },
    ])
    await expect(added).rejects.toMatchObject({ code: 'DEVICE_INVALID' })
    for (const fault of ['one of this id already', 'Not Fine', '"pump-3": no such asset', 'topic filter'])
      await expect(added).rejects.toThrow(fault)
    expect(registry.device('fine')).toBeUndefined()
  })

  test('takes a secret that the device cannot change, unless it is too short to be safe', async () => {
    const { registry } = await filled()
    await expect(registry.addDevice(draft, 'hunter2')).rejects.toThrow('7 characters: expected at least 16')
    const { secret } = await registry.addDevice(draft, 'burnt-into-the-rom')
    expect(registry.authenticate('rtu-pump-01', secret).kind).toBe('accepted')
  })

  test('a device loses an asset that is removed, here and in the file', async () => {
    const path = join(folder, 'loses.db')
    const { registry, close } = await filled(path)
    await registry.addDevice(draft)
    await registry.removeAsset('pump-01')
    expect(registry.device('rtu-pump-01')?.assets).toEqual(['pump-02'])
    expect(registry.sensor(sensorId('pump-01', 'flow'))).toBeUndefined()
    await close()
    const again = await openRegistry(path)
    expect(again.registry.device('rtu-pump-01')?.assets).toEqual(['pump-02'])
    await again.close()
  })
})

describe('publishes', () => {
  const gateway = { id: 'gateway', title: '', assets: ['pump-01'], subscribes: [] }
  const publishes = ['spBv1.0/plant-1/+/edge-3/#', 'application/+/device/+/event/up', 'telemetry/pump-01/line']

  test('are kept over a restart, each once', async () => {
    const path = join(folder, 'publishes.db')
    const { registry, close } = await filled(path)
    await registry.addDevice({ ...gateway, publishes: [...publishes, ...publishes] })
    await registry.rotateDevice('gateway')
    await close()
    const again = await openRegistry(path)
    expect(again.registry.device('gateway')?.publishes).toEqual(publishes)
    await again.close()
  })

  test.each([
    ['#', 'takes in everything'],
    ['+/pump-01/flow', 'takes in everything'],
    ['$SYS/broker', 'belong to the broker'],
    ['$share/a/telemetry/pump-01', 'belong to the broker'],
    ['telemetry/#', 'for the assets of the device'],
    ['telemetry/+/flow', 'for the assets of the device'],
    ['telemetry/pump-02/flow', 'for the assets of the device'],
    ['errors/other', 'for the program itself'],
    ['status/other', 'for the program itself'],
    ['spBv1.0/#/x', 'not an MQTT topic filter'],
  ])('refuse %s', async (filter, why) => {
    const { registry } = await filled()
    await expect(registry.addDevice({ ...gateway, publishes: [filter] })).rejects.toThrow(why)
    expect(registry.devices()).toEqual([])
  })

  test('are at most a hundred', async () => {
    const { registry } = await filled()
    const many = Array.from({ length: 101 }, (_, index) => `v3/app-${index}/devices/+/up`)
    await expect(registry.addDevice({ ...gateway, publishes: many })).rejects.toThrow('at most 100')
  })
})

test.each([
  ['tickets/water', true],
  ['tickets/+', true],
  ['#', true],
  ['tickets/#', true],
  ['tickets/#/x', false],
  ['tickets/a+', false],
  ['', false],
  ['a\u0000b', false],
])('topic filter %j: %s', (filter, allowed) => {
  expect(isTopicFilter(filter)).toBe(allowed)
})
