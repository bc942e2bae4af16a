import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { DeviceWithSecret } from '../../../city/index.ts'
import type { HttpServer } from '../../server/http-server.ts'
import { byId, listOf, pageOf, pageQuery } from '../list.ts'
import { problems } from '../openapi.ts'
import type { Parts } from '../parts.ts'
import { problem } from '../problems.ts'
import {
  type DeviceCreated,
  deviceCreated,
  deviceDraft,
  devicesBulk,
  devicesBulkCreated,
  deviceView,
  snippetList,
} from '../schema.ts'
import { deviceViews, snippetsOf } from '../views/device-view.ts'

const devicePath = z.object({ id: z.string().max(64).describe('Device id') })

export function deviceRoutes(server: HttpServer, parts: Parts): void {
  const { registry, broker } = parts

  server.route({
    method: 'GET',
    url: '/api/v1/devices',
    config: { access: 'devices:read' },
    schema: {
      summary: 'List devices',
      description:
        'With whether it is connected, what it says of itself and of those behind it, when it was heard, how its clock runs, and log-ins that were refused.',
      tags: ['devices'],
      querystring: z.object(pageQuery),
      response: { 200: listOf(deviceView), ...problems() },
    },
    handler: async (request) =>
      pageOf(byId(registry.devices()), request.query, (device) => device.id, deviceViews(parts)),
  })

  server.route({
    method: 'POST',
    url: '/api/v1/devices',
    config: { access: 'devices:edit' },
    schema: {
      summary: 'Add a device',
      description: 'The secret is in this answer and nowhere else: only its hash is kept.',
      tags: ['devices'],
      body: deviceDraft,
      response: { 201: deviceCreated, ...problems('DEVICE_EXISTS', 'DEVICE_INVALID', 'CSRF_REFUSED') },
    },
    handler: async (request, reply) => {
      if (registry.device(request.body.id) !== undefined) throw problem('DEVICE_EXISTS', { device: request.body.id })
      return reply.code(201).send(createdView(parts, request, await registry.addDevice(request.body)))
    },
  })

  server.route({
    method: 'POST',
    url: '/api/v1/devices/bulk',
    config: { access: 'devices:edit' },
    schema: {
      summary: 'Add many devices',
      description: 'All or nothing; every fault is said at once. The secrets are in this answer and nowhere else.',
      tags: ['devices'],
      body: devicesBulk,
      response: { 201: devicesBulkCreated, ...problems('DEVICE_INVALID', 'CSRF_REFUSED') },
    },
    handler: async (request, reply) => {
      const added = await registry.addDevices(request.body.items)
      return reply.code(201).send({ items: added.map(({ device, secret }) => ({ id: device.id, secret })) })
    },
  })

  server.route({
    method: 'GET',
    url: '/api/v1/devices/:id/snippets',
    config: { access: 'devices:read' },
    schema: {
      summary: 'How a device connects',
      description: 'Text to paste for each of several tools; a word stands where the secret goes.',
      tags: ['devices'],
      params: devicePath,
      querystring: z.object({ tls: z.enum(['true', 'false']).default('false').describe('By the TLS port') }),
      response: { 200: snippetList, ...problems('DEVICE_UNKNOWN') },
    },
    handler: async (request) => {
      const { id } = request.params
      const device = registry.device(id)
      if (device === undefined) throw problem('DEVICE_UNKNOWN', { device: id })
      const items = snippetsOf(parts, request, device, { tls: request.query.tls === 'true' })
      return { items, tlsPort: broker.tlsPort ?? null }
    },
  })

  server.route({
    method: 'POST',
    url: '/api/v1/devices/:id/rotate',
    config: { access: 'devices:edit' },
    schema: {
      summary: 'Give a device a new secret',
      description:
        'The old one is worth nothing from now on, and the connection it made ends at once. Lets a revoked device in again.',
      tags: ['devices'],
      params: devicePath,
      response: { 200: deviceCreated, ...problems('DEVICE_UNKNOWN', 'CSRF_REFUSED') },
    },
    handler: async (request) => {
      const { id } = request.params
      const rotated = await registry.rotateDevice(id)
      if (rotated === undefined) throw problem('DEVICE_UNKNOWN', { device: id })
      broker.disconnect(id)
      return createdView(parts, request, rotated)
    },
  })

  server.route({
    method: 'POST',
    url: '/api/v1/devices/:id/revoke',
    config: { access: 'devices:edit' },
    schema: {
      summary: 'Shut a device out',
      description: 'Its connection ends at once. It stays listed.',
      tags: ['devices'],
      params: devicePath,
      response: { 200: deviceView, ...problems('DEVICE_UNKNOWN', 'CSRF_REFUSED') },
    },
    handler: async (request) => {
      const { id } = request.params
      const device = await registry.revokeDevice(id)
      if (device === undefined) throw problem('DEVICE_UNKNOWN', { device: id })
      broker.disconnect(id)
      return deviceViews(parts)(device)
    },
  })
}

/** With the secret, this once, and with snippets that hold it. */
export function createdView(
  parts: Parts,
  request: FastifyRequest,
  { device, secret }: DeviceWithSecret,
): DeviceCreated {
  return { ...deviceViews(parts)(device), secret, snippets: snippetsOf(parts, request, device, { secret }) }
}
