import { describe, expect, test } from '@jest/globals'
import { AdoptionSuggestions, type SensorId } from '../../city/index.ts'
import { openRegistry, smallCity } from './small-city.ts'

async function suggestions() {
  const { registry } = await openRegistry()
  await registry.importCity(smallCity)
  await registry.addDevice({ id: 'logger-1', title: '', assets: ['pump-02'], subscribes: [] })
  return { registry, suggestions: new AdoptionSuggestions(registry) }
}

describe('AdoptionSuggestions', () => {
  test.each([
    ['sparkplug:Plant1/edge-3/Pump_1/Vibration', 'plant', 'mm/s', 'pump-01', 'vibration', 'mm/s'],
    ['sparkplug:Plant1/edge-3/Pump 01/BearingTemp', 'plant', '°F', 'pump-01', 'bearing-temperature', '[degF]'],
    ['line:agent/pump,site=reservoir-1/lvl_1', 'agent', undefined, 'reservoir-1', undefined, undefined],
    ['line:agent/tank,site=reservoir-1/level', 'agent', 'm', 'reservoir-1', 'level', 'm'],
    // Only one of the pump's quantities is a pressure.
    ['senml:x/urn:dev:pump-01:ai4', 'x', 'kPa', 'pump-01', 'pressure', 'kPa'],
    // An EUI names nothing; the device that brought it reports for one asset.
    ['chirpstack:70b3d57ed0001234/flow', 'logger-1', 'L/s', 'pump-02', 'flow', 'L/s'],
    ['pump-01/vib', 'logger-1', undefined, 'pump-01', 'vibration', undefined],
    ['chirpstack:70b3d57ed0001234/flow', 'network-server', 'L/s', undefined, undefined, 'L/s'],
    ['tts:app/x/y', 'nobody', 'furlong', undefined, undefined, undefined],
  ])('%s by %s in %s', async (name, device, unit, asset, quantity, code) => {
    expect((await suggestions()).suggestions.for({ name, device, unit })).toEqual({
      ...(asset === undefined ? {} : { asset }),
      ...(quantity === undefined ? {} : { quantity }),
      ...(code === undefined ? {} : { unit: code }),
    })
  })

  test('a sensor that has a source already is not suggested again', async () => {
    const { registry, suggestions: made } = await suggestions()
    const found = { name: 'tts:app/pump-01/flow', device: 'x' }
    expect(made.for(found)).toEqual({ asset: 'pump-01', quantity: 'flow' })
    await registry.addSource({ name: 'tts:app/other/flow', sensor: 'pump-01/flow' as SensorId })
    expect(made.for(found).quantity).toBeUndefined()
  })
})
