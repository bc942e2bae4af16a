import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import pino from 'pino'
import { openDatabase } from '../../city/index.ts'
import { notedOfOneDeviceMax } from '../../ingest/discovered/discovered.ts'
import { Discovered, discoveredDevicesMax, discoveredMax, ingestMigrations } from '../../ingest/index.ts'
import { temporaryFolder } from '../support/files.ts'

const folder = temporaryFolder()
const at = Date.UTC(2026, 4, 4, 10)
const sighting = {
  device: 'gateway-1',
  topic: 'application/1/device/70b3d57ed0001234/event/up',
  name: 'chirpstack:70b3d57ed0001234/temperature',
  value: 21.5,
  observedAt: at - 1_000,
  receivedAt: at,
}

/** With a timer that strikes when the test says so. */
async function opened(path = ':memory:') {
  const database = await openDatabase(path, ingestMigrations)
  const works = new Set<() => void>()
  const every = (work: () => void) => {
    works.add(work)
    return () => works.delete(work)
  }
  const log = pino({ level: 'silent' })
  const discovered = await Discovered.open({ database, log, every })
  return { database, discovered, works }
}

describe('Discovered', () => {
  test('keeps one entry a name with the newest value, and counts', async () => {
    const { discovered } = await opened()
    discovered.note({ ...sighting, unit: 'Cel' })
    discovered.note({ ...sighting, value: 22, observedAt: at + 4_000, receivedAt: at + 5_000 })
    expect(discovered.list()).toEqual([
      {
        name: sighting.name,
        device: sighting.device,
        topic: sighting.topic,
        unit: 'Cel',
        value: 22,
        observedAt: at + 4_000,
        count: 2,
        firstAt: at,
        lastAt: at + 5_000,
      },
    ])
  })

  test('notes so many of one device between two writings, so that it costs little and pushes out nobody', async () => {
    const { discovered } = await opened()
    discovered.note({ ...sighting, device: 'quiet', name: 'a:quiet/1' })
    for (let at = 0; at < 3 * discoveredMax; at += 1) discovered.note({ ...sighting, name: `a:x/${at}` })
    expect(discovered.list()).toHaveLength(notedOfOneDeviceMax + 1)
    expect(discovered.get('a:quiet/1')).toBeDefined()
    await discovered.flush()
    discovered.note({ ...sighting, name: 'a:x/after' })
    expect(discovered.get('a:x/after')).toBeDefined()
  })

  test('lists what was heard last first, and forgets on request', async () => {
    const { discovered } = await opened()
    for (const name of ['a:x/1', 'a:x/2', 'a:x/1', 'a:x/3']) discovered.note({ ...sighting, name })
    expect(discovered.list().map(({ name }) => name)).toEqual(['a:x/3', 'a:x/1', 'a:x/2'])
    expect(discovered.remove('a:x/1')).toBe(true)
    expect(discovered.remove('a:x/1')).toBe(false)
    expect(discovered.list().map(({ name }) => name)).toEqual(['a:x/3', 'a:x/2'])
  })

  test('is written when the timer strikes, and there again after a restart', async () => {
    const path = join(folder, 'discovered.db')
    const first = await opened(path)
    first.discovered.note({ ...sighting, unit: '[degF]' })
    first.discovered.note({ ...sighting, name: 'a:x/gone' })
    first.discovered.noteDevice({ device: 'Plant1', address: '10.0.0.9', at })
    await first.discovered.flush()
    first.discovered.note(sighting)
    first.discovered.remove('a:x/gone')
    for (const work of first.works) work()
    await first.discovered.close()
    expect(first.works.size).toBe(0)
    await first.database.close()

    const second = await opened(path)
    expect(second.discovered.list()).toEqual([
      expect.objectContaining({ name: sighting.name, count: 2, unit: '[degF]' }),
    ])
    expect(second.discovered.listDevices()).toEqual([
      { device: 'Plant1', address: '10.0.0.9', count: 1, firstAt: at, lastAt: at },
    ])
    await second.discovered.close()
    await second.database.close()
  })

  test('is bounded: of names without end, those that were quiet longest are forgotten, in the file too', async () => {
    const { discovered, database } = await opened()
    discovered.note({ ...sighting, name: 'a:x/steady' })
    await discovered.flush()
    for (let n = 0; n < discoveredMax + 500; n += 1) {
      discovered.note({ ...sighting, name: `a:x/${n}`, receivedAt: at + n })
      if (n % 1_000 === 0) discovered.note({ ...sighting, name: 'a:x/steady', receivedAt: at + n })
      if (n % 4_000 === 0) await discovered.flush()
    }
    const names = discovered.list().map(({ name }) => name)
    expect(names).toHaveLength(discoveredMax)
    expect(names).toContain('a:x/steady')
    expect(names).not.toContain('a:x/0')
    await discovered.flush()
    const again = await Discovered.open({ database, log: pino({ level: 'silent' }), every: () => () => undefined })
    expect(
      again
        .list()
        .map(({ name }) => name)
        .sort(),
    ).toEqual([...names].sort())
  })

  test('devices that try names without end fill a thousand rows and no more', async () => {
    const { discovered } = await opened()
    for (let n = 0; n < discoveredDevicesMax + 50; n += 1)
      discovered.noteDevice({ device: `guess-${n}`, address: '10.0.0.9', at: at + n })
    discovered.noteDevice({ device: 'x'.repeat(300), address: '10.0.0.9', at })
    discovered.noteDevice({ device: '', address: '10.0.0.9', at })
    expect(discovered.listDevices()).toHaveLength(discoveredDevicesMax)
    expect(discovered.listDevices()[0]?.device).toBe(`guess-${discoveredDevicesMax + 49}`)
    expect(discovered.removeDevice('guess-500')).toBe(true)
    expect(discovered.listDevices()).toHaveLength(discoveredDevicesMax - 1)
  })

  test('what could not be written is tried again', async () => {
    const path = join(folder, 'again.db')
    const { discovered, database } = await opened(path)
    const tables = database.kysely.withTables<{ discovered: { name: string } }>()
    await tables.schema.alterTable('discovered').renameTo('elsewhere').execute()
    discovered.note(sighting)
    await expect(discovered.flush()).rejects.toThrow('no such table')
    await tables.schema.alterTable('elsewhere').renameTo('discovered').execute()
    await discovered.flush()
    expect(await tables.selectFrom('discovered').select('name').execute()).toEqual([{ name: sighting.name }])
    await database.close()
  })
})
