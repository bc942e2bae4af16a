import { z } from 'zod'
import { type ServiceWindow, windowKinds, windowReaches } from '../../../rules/index.ts'
import { callerOf } from '../../access/caller.ts'
import type { HttpServer } from '../../server/http-server.ts'
import { byId, listOf, pageOf, pageQuery, severalOf } from '../list.ts'
import { problems } from '../openapi.ts'
import type { Parts } from '../parts.ts'
import { problem } from '../problems.ts'
import { maintenanceDraft, serviceWindow, windowReachView } from '../schema.ts'
import { windowViewOf } from '../views/situation-view.ts'

const windowPath = z.object({ id: z.string().max(100) })
/** Named one by one; beyond that the count says enough. */
const reachedNamedMax = 200

export function maintenanceRoutes(server: HttpServer, parts: Parts): void {
  const { engine, registry, feed, now } = parts

  const view = (window: ServiceWindow) => {
    const shown = windowViewOf(window, parts)
    feed.windowChanged(shown)
    return shown
  }
  const known = (assets: readonly string[]) => {
    const unknown = assets.find((asset) => registry.asset(asset) === undefined)
    if (unknown !== undefined) throw problem('ASSET_UNKNOWN', { asset: unknown })
  }
  const draftOf = ({ from, until, ...draft }: z.output<typeof maintenanceDraft>) => {
    known(draft.assets)
    return { ...draft, from: Date.parse(from), until: Date.parse(until) }
  }

  server.route({
    method: 'GET',
    url: '/api/v1/maintenance',
    config: { access: 'city:read' },
    schema: {
      summary: 'List service windows',
      description:
        'Times in which alarms call nobody and that are not over: planned maintenance, assets out of service, crews on site.',
      tags: ['alarms'],
      querystring: z.object({ kind: severalOf(windowKinds).optional(), ...pageQuery }),
      response: { 200: listOf(serviceWindow), ...problems() },
    },
    handler: async (request) => {
      const { kind, ...page } = request.query
      const fitting = engine.windows.list(now()).filter((window) => kind?.includes(window.kind) ?? true)
      return pageOf(
        byId(fitting),
        page,
        (window) => window.id,
        (window) => windowViewOf(window, parts),
      )
    },
  })

  server.route({
    method: 'GET',
    url: '/api/v1/maintenance/reach',
    config: { access: 'city:read' },
    schema: {
      summary: 'What a window would reach',
      description: 'The assets of which alarms would call nobody, before the window is made.',
      tags: ['alarms'],
      querystring: z.object({
        assets: z
          .string()
          .max(20_000)
          .describe('Ids, comma separated')
          .transform((text) => text.split(',').filter((part) => part !== '')),
        reach: z.enum(windowReaches).default('dependents'),
      }),
      response: { 200: windowReachView, ...problems('ASSET_UNKNOWN') },
    },
    handler: async (request) => {
      const { assets, reach } = request.query
      known(assets)
      const reached = [...engine.windows.reached(assets, reach)].sort()
      return { count: reached.length, assets: reached.slice(0, reachedNamedMax) }
    },
  })

  server.route({
    method: 'POST',
    url: '/api/v1/maintenance',
    config: { access: 'alarms:act' },
    schema: {
      summary: 'Plan maintenance',
      description:
        'From then until then alarms of the assets call nobody; they are judged and listed, and what is still true at the end is raised.',
      tags: ['alarms'],
      body: maintenanceDraft,
      response: { 201: serviceWindow, ...problems('ASSET_UNKNOWN', 'WINDOW_INVALID', 'CSRF_REFUSED') },
    },
    handler: async (request, reply) => {
      const at = now()
      const draft = draftOf(request.body)
      const { name } = callerOf(request)
      return reply.code(201).send(view(await engine.changeWindows(at, (windows) => windows.plan(draft, name, at))))
    },
  })

  server.route({
    method: 'PUT',
    url: '/api/v1/maintenance/:id',
    config: { access: 'alarms:act' },
    schema: {
      summary: 'Change planned maintenance',
      tags: ['alarms'],
      params: windowPath,
      body: maintenanceDraft,
      response: {
        200: serviceWindow,
        ...problems('ASSET_UNKNOWN', 'WINDOW_UNKNOWN', 'WINDOW_INVALID', 'CSRF_REFUSED'),
      },
    },
    handler: async (request) => {
      const at = now()
      const { id } = request.params
      const draft = draftOf(request.body)
      const { name } = callerOf(request)
      const changed = await engine.changeWindows(at, (windows) => windows.replan(id, draft, name, at))
      if (changed === undefined) throw problem('WINDOW_UNKNOWN', { window: id })
      return view(changed)
    },
  })

  server.route({
    method: 'DELETE',
    url: '/api/v1/maintenance/:id',
    config: { access: 'alarms:act' },
    schema: {
      summary: 'End a service window',
      description: 'Now, before its time; one that has not begun is called off. What still holds is raised at once.',
      tags: ['alarms'],
      params: windowPath,
      response: { 204: z.undefined().describe('Ended'), ...problems('WINDOW_UNKNOWN', 'CSRF_REFUSED') },
    },
    handler: async (request, reply) => {
      const at = now()
      const { id } = request.params
      const { name } = callerOf(request)
      const ended = await engine.changeWindows(at, (windows) => windows.end(id, name, at))
      if (ended === undefined) throw problem('WINDOW_UNKNOWN', { window: id })
      view(ended)
      return reply.code(204).send()
    },
  })
}
