import { z } from 'zod'
import type { Device } from '../../../city/index.ts'
import type { HttpServer } from '../../server/http-server.ts'
import { byId, listOf, pageOf, pageQuery } from '../list.ts'
import { problems } from '../openapi.ts'
import type { Parts } from '../parts.ts'
import { problem } from '../problems.ts'
import { type DeviceView, deviceCreated, deviceDraft, deviceView } from '../schema.ts'
import { isoOf, isoOrNull } from '../views/iso.ts'

const devicePath = z.object({ id: z.string().max(64).describe('Device id') })

export function deviceRoutes(server: HttpServer, parts: Parts): void {
  const { registry, broker, clocks } = parts

  const viewOf = (device: Device): DeviceView => ({
    id: device.id,
    title: device.title,
    assets: [...device.assets],
    subscribes: [...device.subscribes],
    publishes: [...device.publishes],
    connected: broker.isConnected(device.id),
    clock: clocks?.of(device.id) ?? null,
    createdAt: isoOf(device.createdAt),
    revokedAt: isoOrNull(device.revokedAt),
  })

  server.route({
    method: 'GET',
    url: '/api/v1/devices',
    config: { access: 'devices:read' },
    schema: {
      summary: 'List devices',
      tags: ['devices'],
      querystring: z.object(pageQuery),
      response: { 200: listOf(deviceView), ...problems() },
    },
    handler: async (request) => pageOf(byId(registry.devices()), request.query, (device) => device.id, viewOf),
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
      const { device, secret } = await registry.addDevice(request.body)
      return reply.code(201).send({ ...viewOf(device), secret })
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
      return { ...viewOf(rotated.device), secret: rotated.secret }
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
      return viewOf(device)
    },
  })
}
