import { z } from 'zod'
import type { Asset, AssetId, Criticality } from '../../../city/index.ts'
import type { HttpServer } from '../../server/http-server.ts'
import { byId, listOf, pageOf, pageQuery, severalOf } from '../list.ts'
import { problems } from '../openapi.ts'
import type { Parts } from '../parts.ts'
import { problem } from '../problems.ts'
import { type AssetSummary, type AssetView, assetDraft, assetStates, assetSummary, assetView } from '../schema.ts'
import { alarmViewOf } from '../views/alarm-view.ts'
import { assetSummaryOf, classViewOf, relationsOf, sensorViewOf } from '../views/asset-view.ts'
import { isoOrNull } from '../views/iso.ts'
import { windowViewOf } from '../views/situation-view.ts'
import { openTicketsOf } from './tickets.ts'

const assetPath = z.object({ id: z.string().max(64).describe('Asset id') })

const filters = z.object({
  class: z.string().max(64).optional(),
  state: severalOf(assetStates).optional(),
  district: z.string().max(100).optional(),
  q: z.string().max(100).optional().describe('Part of the id, name or address'),
  ...pageQuery,
})

export function assetRoutes(server: HttpServer, parts: Parts): void {
  const { registry } = parts

  const known = (id: string): Asset => {
    const asset = registry.asset(id)
    if (asset === undefined) throw problem('ASSET_UNKNOWN', { asset: id })
    return asset
  }

  server.route({
    method: 'GET',
    url: '/api/v1/assets',
    config: { access: 'city:read' },
    schema: {
      summary: 'List assets',
      description: 'In the order of their ids, with the state that their alarms give them.',
      tags: ['assets'],
      querystring: filters,
      response: { 200: listOf(assetSummary), ...problems() },
    },
    handler: async (request) => {
      const { class: classId, state, district, q, ...page } = request.query
      const text = q?.toLocaleLowerCase()
      const fitting = byId(registry.assets()).filter(
        (asset) =>
          (classId === undefined || asset.class === classId) &&
          (district === undefined || asset.district === district) &&
          (text === undefined || textOf(asset).includes(text)),
      )
      const summary = (asset: Asset) => assetSummaryOf(asset, parts)
      if (state === undefined) return pageOf(fitting, page, (asset) => asset.id, summary)
      const views = fitting.map(summary).filter((view) => state.includes(view.state))
      return pageOf(
        views,
        page,
        (view: AssetSummary) => view.id,
        (view) => view,
      )
    },
  })

  server.route({
    method: 'GET',
    url: '/api/v1/assets/:id',
    config: { access: 'city:read' },
    schema: {
      summary: 'Read an asset',
      description:
        'With its class, relations both ways, sensors with newest value and limits, alarms and open tickets.',
      tags: ['assets'],
      params: assetPath,
      response: { 200: assetView, ...problems('ASSET_UNKNOWN', 'STORE_UNAVAILABLE') },
    },
    handler: async (request) => viewOf(known(request.params.id), parts),
  })

  server.route({
    method: 'PUT',
    url: '/api/v1/assets/:id',
    config: { access: 'assets:edit' },
    schema: {
      summary: 'Add or replace an asset',
      tags: ['assets'],
      params: assetPath,
      body: assetDraft,
      response: { 200: assetSummary, ...problems('ASSET_INVALID', 'CSRF_REFUSED') },
    },
    handler: async (request) => {
      const asset = assetFrom(request.params.id, request.body)
      await registry.putAsset(asset)
      parts.feed.assetTouched(asset.id)
      return assetSummaryOf(asset, parts)
    },
  })

  server.route({
    method: 'DELETE',
    url: '/api/v1/assets/:id',
    config: { access: 'assets:edit' },
    schema: {
      summary: 'Remove an asset',
      description: 'Its readings and tickets stay. An asset that others refer to cannot be removed.',
      tags: ['assets'],
      params: assetPath,
      response: {
        204: z.undefined().describe('Removed'),
        ...problems('ASSET_UNKNOWN', 'ASSET_REFERRED_TO', 'CSRF_REFUSED'),
      },
    },
    handler: async (request, reply) => {
      const { id } = request.params
      if (!(await registry.removeAsset(id))) throw problem('ASSET_UNKNOWN', { asset: id })
      return reply.code(204).send()
    },
  })
}

async function viewOf(asset: Asset, parts: Parts): Promise<AssetView> {
  const { registry, engine, store } = parts
  const assetClass = registry.class(asset.class)
  if (assetClass === undefined) throw new Error(`asset ${asset.id} is of class ${asset.class}, which is not there`)
  const sensors = registry.sensorsOf(asset.id)
  const [latest, tickets] = await Promise.all([
    store.latest(sensors.map((sensor) => sensor.id)),
    openTicketsOf(asset.id, parts),
  ])
  const alarms = engine.alarmsOf(asset.id)
  const active = alarms.filter((alarm) => alarm.state !== 'inactive')
  const idle = alarms.filter((alarm) => alarm.state === 'inactive')
  const window = parts.engine.windows.ofAsset(asset.id, parts.now())
  return {
    ...assetSummaryOf(asset, parts),
    installedAt: isoOrNull(asset.installedAt),
    classDetail: classViewOf(assetClass),
    relations: relationsOf(asset, parts),
    sensors: sensors.map((sensor) => sensorViewOf(sensor, latest.get(sensor.id), parts)),
    alarms: [...active, ...idle].map((alarm) => alarmViewOf(alarm, parts)),
    tickets,
    service: window === undefined ? null : windowViewOf(window, parts),
    wrongClocks: wrongClocksOf(asset.id, parts),
  }
}

function wrongClocksOf(asset: AssetId, { registry, clocks }: Parts): AssetView['wrongClocks'] {
  return registry.devices().flatMap((device) => {
    const clock = device.assets.includes(asset) && device.revokedAt === undefined ? clocks?.of(device.id) : undefined
    return clock?.flagged ? [{ device: device.id, reason: clock.reason }] : []
  })
}

export function assetFrom(id: string, draft: z.infer<typeof assetDraft>): Asset {
  const { latitude, longitude, address } = draft.place
  return {
    id,
    name: draft.name,
    class: draft.class,
    criticality: draft.criticality as Criticality,
    place: { latitude, longitude, ...(address === undefined ? {} : { address }) },
    ...(draft.district === null ? {} : { district: draft.district }),
    relations: draft.relations,
    ...(draft.quantities === null ? {} : { quantities: draft.quantities }),
    ...(draft.installedAt === null ? {} : { installedAt: Date.parse(draft.installedAt) }),
  }
}

function textOf(asset: Asset): string {
  return `${asset.id} ${asset.name} ${asset.place.address ?? ''}`.toLocaleLowerCase()
}
