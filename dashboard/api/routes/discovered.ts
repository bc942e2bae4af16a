import { z } from 'zod'
import { AdoptionSuggestions, type SensorId, type SourceDraft } from '../../../city/index.ts'
import type { DiscoveredDevice, DiscoveredSensor } from '../../../ingest/index.ts'
import type { HttpServer } from '../../server/http-server.ts'
import { listOf, pageOf, pageQuery } from '../list.ts'
import { problems } from '../openapi.ts'
import type { Parts } from '../parts.ts'
import { problem } from '../problems.ts'
import {
  adopted,
  adoption,
  type DiscoveredDeviceView,
  type DiscoveredView,
  deviceAdoption,
  deviceCreated,
  discoveredDeviceView,
  discoveredView,
  type sourceDraft,
} from '../schema.ts'
import { isoOf } from '../views/iso.ts'
import { assetFrom } from './assets.ts'
import { createdView } from './devices.ts'
import { byName, sourceViewOf } from './sources.ts'

const nameQuery = z.object({ name: z.string().min(1).max(256) })

/** What is out there and not in the registry, and how it gets there in one step. */
export function discoveredRoutes(server: HttpServer, parts: Parts): void {
  const { registry, discovered, feed } = parts
  const suggestions = new AdoptionSuggestions(registry)

  const isKnown = ({ name }: DiscoveredSensor): boolean =>
    registry.source(name) !== undefined || registry.sensor(name) !== undefined

  const viewOf = ({ observedAt, firstAt, lastAt, unit, ...found }: DiscoveredSensor): DiscoveredView => {
    const suggestion = suggestions.for({ ...found, unit })
    return {
      ...found,
      unit: unit ?? null,
      observedAt: isoOf(observedAt),
      firstAt: isoOf(firstAt),
      lastAt: isoOf(lastAt),
      suggestion: {
        asset: suggestion.asset ?? null,
        quantity: suggestion.quantity ?? null,
        unit: suggestion.unit ?? null,
      },
    }
  }

  server.route({
    method: 'GET',
    url: '/api/v1/discovered',
    config: { access: 'devices:read' },
    schema: {
      summary: 'List discovered sensors',
      description:
        'Names that readings came under and that nobody knows, with the newest value and what it probably stands for. ' +
        'In the order of their names, so that those of one device stand together.',
      tags: ['devices'],
      querystring: z.object({
        ...pageQuery,
        after: z.string().max(256).optional().describe('`next` of the page before'),
      }),
      response: { 200: listOf(discoveredView), ...problems() },
    },
    handler: async (request) => {
      const unknown = discovered.list().filter((found) => !isKnown(found))
      return pageOf(byName(unknown), request.query, (found) => found.name, viewOf)
    },
  })

  server.route({
    method: 'POST',
    url: '/api/v1/discovered/adopt',
    config: { access: 'devices:edit' },
    schema: {
      summary: 'Adopt names',
      description:
        'Maps names to sensors, from their unit to that of the quantity; makes the assets that are new. All or nothing. ' +
        'What comes under the names from now on is kept.',
      tags: ['devices'],
      body: adoption,
      response: { 200: adopted, ...problems('SOURCE_INVALID', 'ASSET_INVALID', 'CSRF_REFUSED') },
    },
    handler: async (request) => {
      const { items, assets, replace } = request.body
      const sources = items.map(draftOf)
      const made = assets.map(({ id, ...draft }) => assetFrom(id, draft))
      await registry.adopt({ sources, assets: made, replace })
      for (const { id } of made) feed.assetTouched(id)
      return { items: sources.map(sourceViewOf) }
    },
  })

  server.route({
    method: 'DELETE',
    url: '/api/v1/discovered',
    config: { access: 'devices:edit' },
    schema: {
      summary: 'Forget a discovered name',
      description: 'Until it is heard again.',
      tags: ['devices'],
      querystring: nameQuery,
      response: { 204: z.undefined().describe('Forgotten'), ...problems('DISCOVERED_UNKNOWN', 'CSRF_REFUSED') },
    },
    handler: async (request, reply) => {
      const { name } = request.query
      if (!discovered.remove(name)) throw problem('DISCOVERED_UNKNOWN', { name })
      return reply.code(204).send()
    },
  })

  server.route({
    method: 'GET',
    url: '/api/v1/discovered/devices',
    config: { access: 'devices:read' },
    schema: {
      summary: 'List discovered devices',
      description: 'Who tried to log in by a name that is no device’s.',
      tags: ['devices'],
      querystring: z.object({ ...pageQuery, after: z.string().max(256).optional() }),
      response: { 200: listOf(discoveredDeviceView), ...problems() },
    },
    handler: async (request) => {
      const unknown = discovered.listDevices().filter(({ device }) => registry.device(device) === undefined)
      unknown.sort((one, other) => (one.device < other.device ? -1 : 1))
      return pageOf(unknown, request.query, (found) => found.device, deviceViewOf)
    },
  })

  server.route({
    method: 'POST',
    url: '/api/v1/discovered/devices/adopt',
    config: { access: 'devices:edit' },
    schema: {
      summary: 'Adopt a device',
      description: 'Makes a credential for it. The secret is in this answer and nowhere else.',
      tags: ['devices'],
      body: deviceAdoption,
      response: { 201: deviceCreated, ...problems('DEVICE_EXISTS', 'DEVICE_INVALID', 'CSRF_REFUSED') },
    },
    handler: async (request, reply) => {
      const { seenAs, ...draft } = request.body
      if (registry.device(draft.id) !== undefined) throw problem('DEVICE_EXISTS', { device: draft.id })
      const made = await registry.addDevice(draft)
      discovered.removeDevice(seenAs)
      return reply.code(201).send(createdView(parts, request, made))
    },
  })

  server.route({
    method: 'DELETE',
    url: '/api/v1/discovered/devices',
    config: { access: 'devices:edit' },
    schema: {
      summary: 'Forget a discovered device',
      description: 'Until it tries to log in again.',
      tags: ['devices'],
      querystring: nameQuery,
      response: { 204: z.undefined().describe('Forgotten'), ...problems('DISCOVERED_UNKNOWN', 'CSRF_REFUSED') },
    },
    handler: async (request, reply) => {
      const { name } = request.query
      if (!discovered.removeDevice(name)) throw problem('DISCOVERED_UNKNOWN', { name })
      return reply.code(204).send()
    },
  })
}

function deviceViewOf({ firstAt, lastAt, ...found }: DiscoveredDevice): DiscoveredDeviceView {
  return { ...found, firstAt: isoOf(firstAt), lastAt: isoOf(lastAt) }
}

function draftOf({ name, sensor, unit, factor, offset }: z.infer<typeof sourceDraft>): SourceDraft {
  return {
    name,
    // Whether there is such a sensor is for the registry to say, with what was probably meant.
    sensor: sensor as SensorId,
    ...(unit === undefined ? {} : { unit }),
    ...(factor === undefined ? {} : { factor }),
    ...(offset === undefined ? {} : { offset }),
  }
}
