import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import Libsql from 'libsql'
import { cityMigrations, libraryClasses, openDatabase, Refusal, Registry } from '../../city/index.ts'
import { temporaryFolder } from '../support/files.ts'
import { noon, openRegistry, pump, reservoir, smallCity } from './small-city.ts'

const folder = temporaryFolder()

async function filled(): Promise<Registry> {
  const { registry } = await openRegistry()
  await registry.importCity(smallCity)
  return registry
}

async function refused(work: Promise<unknown>): Promise<Refusal> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof Refusal)) throw new Error(`no Refusal: ${String(error)}`)
  return error
}

describe('importCity', () => {
  test('knows assets, their sensors, crews and map layers afterwards', async () => {
    const { registry } = await openRegistry()
    expect(registry.isEmpty()).toBe(true)
    expect(await registry.importCity(smallCity)).toEqual({
      added: 3,
      changed: 0,
      unchanged: 0,
      assets: 3,
      sensors: 5 + 2 + 4,
      classes: 0,
      crews: 1,
      mapLayers: 1,
      sources: 0,
    })
    expect(registry.isEmpty()).toBe(false)
    expect([registry.name, registry.timeZone]).toEqual(['Smallville', 'Europe/Vienna'])
    expect(registry.assets()).toEqual(smallCity.assets)
    expect(registry.sensorsOf('pump-02').map((sensor) => sensor.id)).toEqual(['pump-02/vibration', 'pump-02/flow'])
    expect(registry.sensor('pump-01/power')?.quantity.unit).toBe('kW')
    expect(registry.sensor('pump-02/power')).toBeUndefined()
    expect(registry.sensors()).toHaveLength(11)
    expect(registry.crew('water')).toEqual(smallCity.crews[0])
    expect(registry.mapLayers()).toEqual(smallCity.mapLayers)
  })

  test('says what a second import added and changed, and leaves what the file leaves out', async () => {
    const registry = await filled()
    const assets = [pump('pump-02', { criticality: 5 }), reservoir('reservoir-1'), pump('pump-03')]
    const summary = await registry.importCity({ ...smallCity, assets })
    expect(summary).toMatchObject({ added: 1, changed: 1, unchanged: 1 })
    expect(registry.assets().map((asset) => asset.id)).toEqual(['pump-01', 'pump-02', 'reservoir-1', 'pump-03'])
    expect(registry.sensorsOf('pump-02')).toHaveLength(5)
    expect(registry.asset('pump-02')?.relations).toEqual([])
  })

  test('refuses dangling references with all of them named, and changes nothing', async () => {
    const registry = await filled()
    const assets = [
      pump('pump-03', { relations: [{ kind: 'fed by', asset: 'reservior-1' }] }),
      pump('pump-04', { class: 'drinking-pump', quantities: ['vibration'] }),
    ]
    const crews = [{ id: 'fountain', name: 'Fountain', skills: ['mechancal'], area: [] }]
    const error = await refused(registry.importCity({ ...smallCity, assets, crews }))
    expect(error.code).toBe('CITY_INVALID')
    expect(error.message.split('\n')).toEqual([
      'asset "pump-03": fed by "reservior-1": no such asset; did you mean "reservoir-1"?',
      expect.stringContaining('asset "pump-04": class "drinking-pump" is not known'),
      'crew "fountain": skill "mechancal" is asked for by no failure mode; did you mean "mechanical"?',
    ])
    expect(registry.asset('pump-03')).toBeUndefined()
    expect(registry.crew('fountain')).toBeUndefined()
  })

  test('refuses what would be part of itself, also by way of assets that were there before', async () => {
    const registry = await filled()
    await registry.putAsset(pump('pump-01', { relations: [{ kind: 'part of', asset: 'pump-02' }] }))
    const error = await refused(
      registry.putAsset(pump('pump-02', { relations: [{ kind: 'part of', asset: 'pump-01' }] })),
    )
    expect(error.message).toContain('is part of itself')
  })

  test('keeps a class that the city changed, and takes the others from the library', async () => {
    const path = join(folder, 'classes.db')
    const { registry, close } = await openRegistry(path)
    const [shipped] = libraryClasses()
    if (shipped === undefined) throw new Error('no library')
    await registry.importCity({ ...smallCity, classes: [...libraryClasses().slice(1), { ...shipped, title: 'Ours' }] })
    await close()
    const again = await openRegistry(path)
    expect(again.registry.class(shipped.id)?.title).toBe('Ours')
    expect(again.registry.classes()).toHaveLength(libraryClasses().length)
    await again.close()
  })
})

describe('single changes', () => {
  test('listeners hear of each, after it is in memory', async () => {
    const registry = await filled()
    const heard: number[] = []
    const stop = registry.onChange(() => heard.push(registry.assets().length))
    await registry.putAsset(pump('pump-09'))
    expect(await registry.removeAsset('pump-09')).toBe(true)
    expect(await registry.removeAsset('pump-09')).toBe(false)
    stop()
    await registry.putAsset(pump('pump-10'))
    expect(heard).toEqual([4, 3])
  })

  test('an asset that others refer to stays', async () => {
    const registry = await filled()
    const error = await refused(registry.removeAsset('reservoir-1'))
    expect(error.code).toBe('ASSET_REFERRED_TO')
    expect(error.message).toContain('pump-01, pump-02')
    await registry.removeAsset('pump-01')
    await registry.removeAsset('pump-02')
    expect(await registry.removeAsset('reservoir-1')).toBe(true)
    expect(registry.sensors()).toEqual([])
  })

  test('an asset out of range or nameless is refused with every reason', async () => {
    const registry = await filled()
    const wrong = pump('Pump 9', { name: ' ', place: { latitude: 91, longitude: -181 }, quantities: ['flo'] })
    const { message } = await refused(registry.putAsset(wrong))
    expect(message.split('\n')).toHaveLength(5)
    expect(message).toContain('quantity "flo" is not one of class "drinking-water-pump"; did you mean "flow"?')
  })

  test('a crew for a district that is not there is refused', async () => {
    const registry = await filled()
    const { code } = await refused(registry.putCrew({ id: 'x', name: 'X', skills: ['sewer'], area: ['Altstatt'] }))
    expect(code).toBe('CREW_INVALID')
    await registry.putCrew({ id: 'x', name: 'X', skills: ['sewer'], area: ['Altstadt'] })
    expect(registry.crews().map((crew) => crew.id)).toEqual(['water', 'x'])
  })

  test('many at once take turns and all of them last', async () => {
    const { registry, close } = await openRegistry(join(folder, 'turns.db'))
    await registry.importCity(smallCity)
    await Promise.all(Array.from({ length: 50 }, (_, index) => registry.putAsset(pump(`pump-1${index}`))))
    await close()
    const again = await openRegistry(join(folder, 'turns.db'))
    expect(again.registry.assets()).toEqual(registry.assets())
    await again.close()
  })
})

describe('two registries on one file', () => {
  test('what one writes the other has after reloading, and only then says that it changed', async () => {
    const path = join(folder, 'two.db')
    const server = await openRegistry(path)
    const commandLine = await openRegistry(path)
    expect(await server.registry.reloadIfChanged()).toBe(false)
    await commandLine.registry.importCity(smallCity)
    let heard = 0
    server.registry.onChange(() => {
      heard += 1
    })
    expect(await server.registry.reloadIfChanged()).toBe(true)
    expect(server.registry.assets()).toEqual(smallCity.assets)
    expect(await server.registry.reloadIfChanged()).toBe(false)
    expect(heard).toBe(1)
    await Promise.all([server.close(), commandLine.close()])
  })

  test('who asks while a change is still being read waits for it', async () => {
    const path = join(folder, 'reading.db')
    const server = await openRegistry(path)
    const commandLine = await openRegistry(path)
    await commandLine.registry.importCity(smallCity)
    const first = server.registry.reloadIfChanged()
    expect(await server.registry.reloadIfChanged()).toBe(false)
    expect(server.registry.assets()).toEqual(smallCity.assets)
    expect(await first).toBe(true)
    await Promise.all([server.close(), commandLine.close()])
  })

  test('a change that could not be read is read at the next look', async () => {
    const path = join(folder, 'unreadable.db')
    const database = await openDatabase(path, cityMigrations)
    const registry = await Registry.open(database, () => noon)
    const commandLine = await openRegistry(path)
    await commandLine.registry.importCity(smallCity)
    const other = new Libsql(path)
    other.exec('alter table city rename to elsewhere')
    await expect(registry.reloadIfChanged()).rejects.toThrow('city')
    other.exec('alter table elsewhere rename to city')
    // Seen by the registry's own eye: nothing has been written since the look that follows.
    database.changedElsewhere()
    expect(await registry.reloadIfChanged()).toBe(true)
    expect(registry.assets()).toEqual(smallCity.assets)
    other.close()
    await Promise.all([database.close(), commandLine.close()])
  })

  test('a write is checked against what the other wrote meanwhile', async () => {
    const path = join(folder, 'behind.db')
    const server = await openRegistry(path)
    const commandLine = await openRegistry(path)
    await commandLine.registry.importCity(smallCity)
    await server.registry.putAsset(pump('pump-05', { relations: [{ kind: 'fed by', asset: 'reservoir-1' }] }))
    expect(server.registry.assets()).toHaveLength(4)
    expect((await refused(commandLine.registry.removeAsset('reservoir-1'))).message).toContain('pump-05')
    await Promise.all([server.close(), commandLine.close()])
  })
})

describe('suggestSensor', () => {
  test.each([
    ['pump-1/vibration', 'pump-01/vibration'],
    ['Pump_01/Vibration', 'pump-01/vibration'],
    ['pump-01/vibratoin', 'pump-01/vibration'],
    ['pmup-02/flow', 'pump-02/flow'],
    ['reservoir-01/chlorin', 'reservoir-1/chlorine'],
    ['tram-17/vibration', undefined],
    ['pump-01', undefined],
    ['pump-01/x/y', undefined],
    [`${'p'.repeat(4_000)}/vibration`, undefined],
  ])('%s: %s', async (unknown, meant) => {
    expect((await filled()).suggestSensor(unknown)).toBe(meant)
  })

  test('is answered within milliseconds among a hundred thousand assets', async () => {
    const { registry } = await openRegistry()
    const assets = Array.from({ length: 25_000 }, (_, index) => pump(`unit-${index}-of-the-works`))
    await registry.importCity({ ...smallCity, assets: [...smallCity.assets, ...assets] })
    registry.suggestSensor('pump-01/flow')
    const started = performance.now()
    for (let times = 0; times < 20; times += 1) registry.suggestSensor(`unknown-thing-${times}/flow`)
    expect((performance.now() - started) / 20).toBeLessThan(50)
  })
})
