import { z } from 'zod'
import type { ServiceWindow } from '../../../rules/index.ts'
import { callerOf } from '../../access/caller.ts'
import type { HttpServer } from '../../server/http-server.ts'
import { problems } from '../openapi.ts'
import type { Parts } from '../parts.ts'
import { problem } from '../problems.ts'
import { outOfServiceDraft, serviceWindow } from '../schema.ts'
import { windowViewOf } from '../views/situation-view.ts'

/** What is switched off: an asset as a whole, or one of its alarms. */
type What = { readonly asset: string; readonly alarm?: string }

const about =
  'Its alarms call nobody until then, thirty days when no end is given, a year at most. They are judged and listed all the same.'

/** ISA-18.2's "out of service", for an asset and for a single alarm. */
export function outOfServiceRoutes(server: HttpServer, parts: Parts): void {
  const { engine, registry, feed, now } = parts

  const assetOf = (asset: string): What => {
    if (registry.asset(asset) === undefined) throw problem('ASSET_UNKNOWN', { asset })
    return { asset }
  }
  const alarmOf = (id: string): What => {
    const alarm = engine.alarm(id)
    if (alarm === undefined) throw problem('ALARM_UNKNOWN', { alarm: id })
    return { asset: alarm.asset, alarm: id }
  }
  const told = (window: ServiceWindow, { asset, alarm }: What) => {
    const view = windowViewOf(window, parts)
    feed.windowChanged(view)
    const changed = alarm === undefined ? undefined : engine.alarm(alarm)
    if (changed !== undefined) feed.alarmChanged(changed)
    feed.assetTouched(asset)
    return view
  }
  const takeOut = async (what: What, { reason, until }: z.output<typeof outOfServiceDraft>, by: string) => {
    const at = now()
    const given = { reason, by, until: until === undefined ? undefined : Date.parse(until) }
    return told(await engine.changeWindows(at, (windows) => windows.takeOut(what, given, at)), what)
  }
  const putBack = async (what: What, by: string) => {
    const at = now()
    const ended = await engine.changeWindows(at, (windows) => windows.putBack(what, by, at))
    if (ended === undefined) throw problem('WINDOW_UNKNOWN', { window: what.alarm ?? what.asset })
    return told(ended, what)
  }

  const kinds = [
    { of: 'asset', url: '/api/v1/assets/:id', find: assetOf, unknown: 'ASSET_UNKNOWN', title: 'an asset' },
    { of: 'alarm', url: '/api/v1/alarms/:id', find: alarmOf, unknown: 'ALARM_UNKNOWN', title: 'an alarm' },
  ] as const
  for (const { of, url, find, unknown, title } of kinds) {
    const params = z.object({
      id: z
        .string()
        .max(200)
        .describe(of === 'alarm' ? '`rule@asset`' : 'Id of the asset'),
    })
    server.route({
      method: 'POST',
      url: `${url}/out-of-service`,
      config: { access: 'alarms:act' },
      schema: {
        summary: `Take ${title} out of service`,
        description: about,
        tags: ['alarms'],
        params,
        body: outOfServiceDraft,
        response: { 200: serviceWindow, ...problems(unknown, 'WINDOW_INVALID', 'CSRF_REFUSED') },
      },
      handler: async (request) => takeOut(find(request.params.id), request.body, callerOf(request).name),
    })
    server.route({
      method: 'POST',
      url: `${url}/in-service`,
      config: { access: 'alarms:act' },
      schema: {
        summary: `Put ${title} back into service`,
        description: 'What still holds is raised at once. Maintenance and crews on site end by themselves.',
        tags: ['alarms'],
        params,
        response: { 200: serviceWindow, ...problems(unknown, 'WINDOW_UNKNOWN', 'CSRF_REFUSED') },
      },
      handler: async (request) => putBack(find(request.params.id), callerOf(request).name),
    })
  }
}
