import type { Asset, AssetId } from '../asset.ts'
import type { DeviceDraft } from '../description.ts'

// A monitoring box has inputs for six machines.
const machinesPerMonitor = 6

/** What reports: a remote unit for each station, a logger in each chamber and cabinet, one box for a building's lifts. */
export function townDevices(assets: readonly Asset[]): DeviceDraft[] {
  return assets
    .flatMap((asset): DeviceDraft[] => {
      const own = alone[asset.class]
      return own === undefined ? [] : [draft(`${own.prefix}-${asset.id}`, `${own.title}, ${asset.name}`, [asset.id])]
    })
    .concat(pumpStations(assets), liftMonitors(assets), gatewayDevices(assets))
}

const alone: Readonly<Record<string, { readonly prefix: string; readonly title: string }>> = {
  reservoir: { prefix: 'rtu', title: 'Remote terminal unit' },
  'pressure-zone': { prefix: 'logger', title: 'Flow and pressure logger' },
  'sewer-chamber': { prefix: 'logger', title: 'Level logger' },
  'lift-station': { prefix: 'rtu', title: 'Remote terminal unit' },
  bridge: { prefix: 'logger', title: 'Structural logger' },
  'streetlight-circuit': { prefix: 'cabinet', title: 'Cabinet controller' },
  'road-weather-station': { prefix: 'station', title: 'Station controller' },
  'air-quality-station': { prefix: 'station', title: 'Station controller' },
  transformer: { prefix: 'rtu', title: 'Transformer monitor' },
  'public-building': { prefix: 'bms', title: 'Building management' },
}

/** `rtu-pump-01` reports for the first station's three pumps. */
function pumpStations(assets: readonly Asset[]): DeviceDraft[] {
  const stations = new Map<string, AssetId[]>()
  for (const asset of assets.filter((each) => each.class === 'drinking-water-pump')) {
    const house = asset.name.split(', ')[1] ?? asset.name
    stations.set(house, [...(stations.get(house) ?? []), asset.id])
  }
  return [...stations].map(([house, pumps], index) =>
    draft(`rtu-pump-${String(index + 1).padStart(2, '0')}`, `Remote terminal unit, ${house}`, pumps),
  )
}

function liftMonitors(assets: readonly Asset[]): DeviceDraft[] {
  const machines = new Map<AssetId, AssetId[]>()
  for (const asset of assets.filter((each) => each.class === 'lift' || each.class === 'escalator')) {
    const building = asset.relations.find((relation) => relation.kind === 'part of')?.asset ?? asset.id
    machines.set(building, [...(machines.get(building) ?? []), asset.id])
  }
  return [...machines].flatMap(([building, ids]) => {
    const boxes = Math.ceil(ids.length / machinesPerMonitor)
    return Array.from({ length: boxes }, (_, box) =>
      draft(
        `monitor-${building}${boxes > 1 ? `-${box + 1}` : ''}`,
        `Lift monitor, ${assets.find((asset) => asset.id === building)?.name ?? building}`,
        ids.slice(box * machinesPerMonitor, (box + 1) * machinesPerMonitor),
      ),
    )
  })
}

/** A gateway reports on itself under its own name. */
function gatewayDevices(assets: readonly Asset[]): DeviceDraft[] {
  return assets.filter((asset) => asset.class === 'gateway').map((asset) => draft(asset.id, asset.name, [asset.id]))
}

function draft(id: string, title: string, assets: readonly AssetId[]): DeviceDraft {
  return { id, title, assets, subscribes: [] }
}
