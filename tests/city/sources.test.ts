import { writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import {
  FileFaults,
  formatFault,
  isSourcesCsv,
  Refusal,
  type Registry,
  readCityFile,
  readSourcesCsv,
  type SensorId,
  type SourceDraft,
  writeSourcesCsv,
  writeTown,
} from '../../city/index.ts'
import { temporaryFolder } from '../support/files.ts'
import { openRegistry, pump, smallCity } from './small-city.ts'

const folder = temporaryFolder()
const id = (sensor: string) => sensor as SensorId
const draft = (name: string, sensor: string, rest: Partial<SourceDraft> = {}): SourceDraft => ({
  name,
  sensor: id(sensor),
  ...rest,
})
const psi = draft('sparkplug:plant-1/edge-3/pump/Pressure', 'pump-01/pressure', { unit: '[psi]' })

async function filled(path?: string): Promise<{ registry: Registry; close: () => Promise<void> }> {
  const opened = await openRegistry(path)
  await opened.registry.importCity(smallCity)
  return opened
}

async function refused(work: Promise<unknown>): Promise<Refusal> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof Refusal)) throw new Error(`no Refusal: ${String(error)}`)
  return error
}

describe('a source', () => {
  test('gives the sensor and how to convert, and survives a restart', async () => {
    const path = join(folder, 'source.db')
    const { registry, close } = await filled(path)
    await registry.addSource(psi)
    await registry.addSource(draft('line:agent/pump,site=north/flow', 'pump-01/flow'))
    await registry.addSource(draft('senml:rtu/ma', 'pump-01/power', { unit: 'mA', factor: 1.25, offset: -5 }))
    await close()
    const again = await openRegistry(path)
    const source = again.registry.source(psi.name)
    expect(source?.sensor).toBe(again.registry.sensor('pump-01/pressure'))
    expect(14.5037738 * (source?.scale ?? 0) + (source?.offset ?? 0)).toBeCloseTo(1, 6)
    expect(again.registry.source('line:agent/pump,site=north/flow')).toMatchObject({ scale: 1, offset: 0 })
    // 4 to 20 mA stand for 0 to 20 kW.
    expect(again.registry.source('senml:rtu/ma')).toMatchObject({ scale: 1.25, offset: -5 })
    expect(again.registry.sources()).toContainEqual(psi)
    expect(again.registry.sources()).toHaveLength(3)
    expect(again.registry.source('line:agent/pump,site=north')).toBeUndefined()
    await again.close()
  })

  test('of the same name is replaced; removed, it is gone', async () => {
    const { registry } = await filled()
    await registry.addSource(psi)
    await registry.addSource({ ...psi, sensor: id('pump-01/flow'), unit: 'L/s' })
    expect(registry.source(psi.name)).toMatchObject({ scale: 3.6, sensor: { id: 'pump-01/flow' } })
    expect(await registry.removeSource(psi.name)).toBe(true)
    expect(await registry.removeSource(psi.name)).toBe(false)
    expect(registry.source(psi.name)).toBeUndefined()
    expect(registry.sources()).toEqual([])
  })

  test('is refused with every reason, and nothing of the list is taken', async () => {
    const { registry } = await filled()
    await registry.addSource(psi)
    const { code, message } = await refused(
      registry.adopt({
        sources: [
          draft('tts:app/fine', 'pump-02/flow'),
          draft('tts:app/lost', 'pump-1/flow'),
          draft('tts:app/unit', 'pump-01/flow', { unit: 'bar' }),
          draft('tts:app/unit', 'pump-02/vibration', { unit: 'furlong' }),
          draft('tts:app/flat', 'pump-01/power', { factor: 0 }),
          draft('tts:app/second', 'pump-02/flow'),
          draft('tts:app/taken', 'pump-01/pressure'),
          draft('pump-01/flow', 'pump-01/vibration'),
          draft('nonsense', 'reservoir-1/level'),
        ],
      }),
    )
    expect(code).toBe('SOURCE_INVALID')
    expect(message.split('\n')).toEqual([
      'source "tts:app/lost": sensor "pump-1/flow": no such sensor; did you mean "pump-01/flow"?',
      'source "tts:app/unit": unit "bar" does not convert to "m3/h": they do not measure the same; give a factor instead',
      'source "tts:app/unit": it is listed twice',
      'source "tts:app/unit": unit "furlong" is not a UCUM code, such as mm/s, Cel, [degF] or m3/h',
      'source "tts:app/flat": factor 0: expected a number other than 0',
      'source "tts:app/second": sensor "pump-02/flow" has the source "tts:app/fine" already: one at most',
      'source "pump-01/flow": that is a sensor of the city; it needs no mapping',
      expect.stringMatching(/^source "nonsense": expected \{dialect\}/),
      `source "tts:app/taken": sensor "pump-01/pressure" has the source "${psi.name}" already; remove that, or replace it`,
    ])
    expect(registry.sources()).toEqual([psi])
  })

  test('takes the place of an exchanged instrument where that is said', async () => {
    const { registry } = await filled()
    await registry.addSource(psi)
    const exchanged = draft('chirpstack:70b3d57ed0001234/pressure', 'pump-01/pressure', { unit: 'kPa' })
    await registry.adopt({ sources: [exchanged], replace: true })
    expect(registry.sources()).toEqual([exchanged])
    expect(registry.source(psi.name)).toBeUndefined()
  })

  test('may be what a native device calls a quantity', async () => {
    const { registry } = await filled()
    await registry.addSource(draft('pump-01/fluss', 'pump-01/flow', { unit: 'L/s' }))
    expect(registry.source('pump-01/fluss')).toMatchObject({ scale: 3.6 })
  })

  test('is adopted together with the asset that it is for, or neither', async () => {
    const { registry } = await filled()
    const sources = [draft('tts:app/new', 'pump-09/flow')]
    await registry.adopt({ sources, assets: [pump('pump-09')] })
    expect(registry.source('tts:app/new')?.sensor.asset).toBe('pump-09')
    const again = await refused(
      registry.adopt({ sources: [draft('tts:app/x', 'pump-01/flow')], assets: [pump('pump-09')] }),
    )
    expect(again.code).toBe('ASSET_INVALID')
    await refused(registry.adopt({ sources: [draft('tts:app/x', 'pump-10/flo')], assets: [pump('pump-10')] }))
    expect(registry.asset('pump-10')).toBeUndefined()
  })
})

describe('what becomes of sources', () => {
  test('they go with their asset, here and in the file', async () => {
    const path = join(folder, 'goes.db')
    const { registry, close } = await filled(path)
    await registry.addSource(psi)
    await registry.removeAsset('pump-01')
    expect(registry.source(psi.name)).toBeUndefined()
    expect(registry.sources()).toEqual([])
    await close()
    const again = await openRegistry(path)
    expect(again.registry.sources()).toEqual([])
    await again.close()
  })

  test('one whose quantity is measured no more takes nothing, is listed with why, and comes back with it', async () => {
    const { registry } = await filled()
    await registry.addSource(psi)
    const held = registry.source(psi.name)?.sensor
    await registry.putAsset(pump('pump-01', { quantities: ['flow'] }))
    expect(registry.source(psi.name)).toBeUndefined()
    expect(registry.sources()).toEqual([{ ...psi, fault: 'sensor pump-01/pressure is not measured any more' }])
    await registry.putAsset(pump('pump-01'))
    expect(registry.source(psi.name)?.sensor).toBe(registry.sensor('pump-01/pressure'))
    expect(registry.source(psi.name)?.sensor).not.toBe(held)
  })

  test('one whose class has another unit now is converted anew, or set aside with why', async () => {
    const { registry } = await filled()
    await registry.addSource(psi)
    const assetClass = registry.class('drinking-water-pump')
    if (assetClass === undefined) throw new Error('no class')
    const withUnit = (unit: string) => ({
      ...smallCity,
      classes: [
        {
          ...assetClass,
          quantities: assetClass.quantities.map((each) => (each.id === 'pressure' ? { ...each, unit } : each)),
        },
      ],
    })
    await registry.importCity(withUnit('[psi]'))
    expect(registry.source(psi.name)).toMatchObject({ scale: 1, offset: 0 })
    await registry.importCity(withUnit('m'))
    expect(registry.source(psi.name)).toBeUndefined()
    expect(registry.sources()[0]?.fault).toContain('does not convert to "m"')
  })

  test('another process sees them after a reload', async () => {
    const path = join(folder, 'two.db')
    const server = await filled(path)
    const commandLine = await openRegistry(path)
    await commandLine.registry.addSource(psi)
    await server.registry.reloadIfChanged()
    expect(server.registry.source(psi.name)?.sensor.id).toBe('pump-01/pressure')
    await Promise.all([server.close(), commandLine.close()])
  })
})

describe('sources in files', () => {
  const cityYaml = (sources: string) => `name: A
time zone: UTC
assets:
  - { id: pump-1, name: P, class: drinking-water-pump, criticality: 3, place: { latitude: 1, longitude: 2 } }
sources:
${sources}`
  const written = (name: string, text: string) => {
    const path = join(folder, name)
    writeFileSync(path, text)
    return path
  }
  const faultsOf = (read: () => unknown): string[] => {
    try {
      read()
    } catch (error) {
      if (error instanceof FileFaults)
        return error.faults.map((fault) => formatFault({ ...fault, file: basename(fault.file) }))
      throw error
    }
    return []
  }

  test('city.yaml: read, taken, written and read again the same', async () => {
    const path = written(
      'city.yaml',
      cityYaml(`  - { source: "tts:app/p-1/pressure", sensor: pump-1/pressure, unit: "[psi]" }
  - { source: "line:agent/pump,site=a \\"b\\"/ma", sensor: pump-1/power, unit: mA, factor: 1.25, offset: -5 }
  - source: pump-1/fluss
    sensor: pump-1/flow
`),
    )
    const city = readCityFile(path)
    expect(city.sources).toEqual([
      draft('tts:app/p-1/pressure', 'pump-1/pressure', { unit: '[psi]' }),
      draft('line:agent/pump,site=a "b"/ma', 'pump-1/power', { unit: 'mA', factor: 1.25, offset: -5 }),
      draft('pump-1/fluss', 'pump-1/flow'),
    ])
    writeTown(city, join(folder, 'again'))
    expect(readCityFile(join(folder, 'again', 'city.yaml'))).toEqual(city)
    const { registry } = await openRegistry()
    expect(await registry.importCity(city)).toMatchObject({ sources: 3 })
    expect(await registry.importCity(city)).toMatchObject({ sources: 3 })
    expect(registry.sources()).toHaveLength(3)
  })

  test('city.yaml: everything wrong is said at its place', () => {
    const path = written(
      'city.yaml',
      cityYaml(`  - { source: "tts:app/1", sensor: pump-1/presure }
  - { source: nonsense, sensor: pump-1/flow }
  - { source: "tts:app/2", sensor: pump-1/power, unit: bar, facter: 2 }
  - { source: "tts:app/3", sensor: Pump 1, factor: "2" }
`),
    )
    expect(faultsOf(() => readCityFile(path))).toEqual([
      'city.yaml:6:28: source "tts:app/1": sensor "pump-1/presure": no such sensor; did you mean "pump-1/pressure"?',
      expect.stringMatching(/^city\.yaml:7:7: source "nonsense": expected \{dialect\}/),
      'city.yaml:8:50: source "tts:app/2": unit "bar" does not convert to "kW": they do not measure the same; give a factor instead',
      'city.yaml:8:61: source "tts:app/2": unknown key "facter"; did you mean "factor"?',
      'city.yaml:9:28: source "tts:app/3": sensor "Pump 1": expected a sensor such as pump-07/vibration',
      'city.yaml:9:44: source "tts:app/3": factor "2": expected a number',
    ])
  })

  test('a table: read, taken, written and read again the same; every fault with line and column', async () => {
    const { registry } = await filled()
    const known = { sensor: registry.sensor.bind(registry), suggest: registry.suggestSensor.bind(registry) }
    const path = written(
      'sources.csv',
      'Sensor;source;unit;factor;offset\npump-01/pressure;"tts:app/1;x";[psi];;\n\npump-01/power;tts:app/2;mA;1,25;-5\n',
    )
    const sources = readSourcesCsv(path, known)
    expect(sources).toEqual([
      draft('tts:app/1;x', 'pump-01/pressure', { unit: '[psi]' }),
      draft('tts:app/2', 'pump-01/power', { unit: 'mA', factor: 1.25, offset: -5 }),
    ])
    await registry.adopt({ sources })
    expect(readSourcesCsv(written('again.csv', writeSourcesCsv(registry.sources())), known)).toEqual(sources)

    const wrong = written(
      'wrong.csv',
      'source,sensor,unit,factor\n"tts:app/1",pump-1/pressure,,\ntts:app/2,pump-01/flow,bar,\ntts:app/3,pump-02/flow,,much\n,pump-01/power,,\n',
    )
    expect(isSourcesCsv(wrong)).toBe(true)
    expect(faultsOf(() => readSourcesCsv(wrong, known))).toEqual([
      'wrong.csv:2:13: source "tts:app/1": sensor "pump-1/pressure": no such sensor; did you mean "pump-01/pressure"?',
      'wrong.csv:3:24: source "tts:app/2": unit "bar" does not convert to "m3/h": they do not measure the same; give a factor instead',
      'wrong.csv:4:25: source "tts:app/3": factor "much": expected a number',
      'wrong.csv:5:1: source 1: source is missing: expected text',
    ])
  })
})
