import type { Asset, AssetClass, Relation } from '../../city/index.ts'
import type { SimulatedTown } from '../../simulators/index.ts'

/** id: class title (assets) | quantity min..max interval-in-minutes decimals | … The same names as the library's classes. */
const described: Readonly<Record<string, string>> = {
  'drinking-water-pump':
    'vibration 0..50 1 2|bearing-temperature -20..150 1 1|flow 0..600 1 1|pressure 0..25 1 2|power 0..250 1 1',
  reservoir: 'level 0..12 1 2|inflow 0..3000 1 1|outflow 0..3000 1 1|chlorine 0..5 5 2',
  'pressure-zone': 'inflow 0..800 1 1|pressure 0..16 1 2|night-flow 0..400 60 1',
  'sewer-chamber': 'level 0..8 5 2|flow 0..800 5 1|battery 0..5 60 2',
  'lift-station': 'level 0..8 1 2|pump-current 0..200 1 1|flow 0..500 1 1|starts-per-hour 0..60 5 0|power 0..150 1 1',
  bridge:
    'strain -2000..2000 10 0|tilt -50..50 10 2|scour-depth 0..10 10 2|joint-gap 0..200 10 1|deck-temperature -40..80 10 1',
  'streetlight-circuit': 'power 0..60 5 2|current 0..200 5 1|voltage 0..500 5 1|lamps-out 0..200 15 0',
  'road-weather-station':
    'air-temperature -50..60 5 1|surface-temperature -50..80 5 1|humidity 0..100 5 0|rain 0..300 5 1|wind 0..80 5 1|supply-voltage 0..30 5 2',
  lift: 'door-time 0..60 5 2|motor-temperature -20..200 5 1|vibration 0..50 5 2|current 0..150 5 1|trips 0..600 5 0',
  escalator: 'motor-temperature -20..200 5 1|vibration 0..50 5 2|handrail-slip 0..100 5 2|current 0..150 5 1',
  'air-quality-station':
    'pm25 0..1000 5 1|pm10 0..1500 5 1|no2 0..800 5 1|ozone 0..600 5 1|sample-flow 0..5 5 3|cabinet-temperature -40..80 5 1',
  transformer:
    'oil-temperature -40..160 5 1|load 0..2500 5 0|oil-level 0..100 15 1|hydrogen 0..5000 60 0|ambient-temperature -40..60 5 1',
  'public-building':
    'supply-temperature -20..120 5 1|room-temperature -20..50 5 1|co2 200..10000 5 0|power 0..1500 5 1|water-flow 0..20000 5 0',
  gateway: 'supply-voltage 0..30 5 2|signal -140..0 5 0|queue 0..100000 5 0',
}

function classFrom(id: string, text: string): AssetClass {
  const quantities = text.split('|').map((one) => {
    const [name = '', range = '', minutes = '', decimals = ''] = one.split(' ')
    const [min = 0, max = 0] = range.split('..').map(Number)
    const expectedIntervalMs = Number(minutes) * 60_000
    return { id: name, title: name, unit: '1', range: { min, max }, expectedIntervalMs, decimals: Number(decimals) }
  })
  return { id, title: id, plural: `${id}s`, quantities, failureModes: [] }
}

function relationsOf(assetClass: string, index: number): readonly Relation[] {
  if (assetClass === 'reservoir')
    return [{ kind: 'fed by', asset: index === 0 ? 'drinking-water-pump-1' : 'reservoir-1' }]
  if (assetClass === 'drinking-water-pump') return index === 0 ? [] : [{ kind: 'fed by', asset: 'reservoir-2' }]
  if (assetClass === 'pressure-zone')
    return [{ kind: 'fed by', asset: index === 0 ? 'reservoir-1' : 'drinking-water-pump-2' }]
  if (assetClass === 'sewer-chamber' && index > 0) return [{ kind: 'fed by', asset: `sewer-chamber-${index}` }]
  if (assetClass === 'lift-station') return [{ kind: 'fed by', asset: 'sewer-chamber-3' }]
  return []
}

/** A town with a few of everything: pump 1 fills reservoir 1, which fills reservoir 2, whose pumps press on to the zones. */
export function smallTown(each = 4): SimulatedTown {
  const classes = Object.entries(described).map(([id, text]) => classFrom(id, text))
  const assets = classes.flatMap((assetClass) =>
    Array.from({ length: assetClass.id === 'reservoir' ? 2 : each }, (_, index): Asset => {
      return {
        id: `${assetClass.id}-${1 + index}`,
        name: `${assetClass.title} ${1 + index}`,
        class: assetClass.id,
        criticality: 3,
        place: { latitude: 50.1 + index / 1000, longitude: 8.6 },
        relations: relationsOf(assetClass.id, index),
      }
    }),
  )
  const devices = assets.map((asset) => ({ id: asset.id, assets: [asset.id] }))
  return { timeZone: 'Europe/Berlin', classes, assets, devices }
}
