import { z } from 'zod'
import type { Alarm } from '../../../rules/index.ts'
import { alarmStates } from '../../../rules/index.ts'
import { callerOf } from '../../access/caller.ts'
import type { HttpServer } from '../../server/http-server.ts'
import { byId, listOf, pageOf, pageQuery, severalOf } from '../list.ts'
import { problems } from '../openapi.ts'
import type { Parts } from '../parts.ts'
import { problem } from '../problems.ts'
import { alarmView, shelving } from '../schema.ts'
import { alarmViewOf } from '../views/alarm-view.ts'

/** Longer is not shelving: what is to stay quiet is taken out of service. */
const shelvedMsMax = 30 * 86_400_000

const alarmPath = z.object({ id: z.string().max(200).describe('`rule@asset`') })
const states = [...alarmStates, 'all'] as const
const hidings = ['no', 'yes', 'shelved', 'suppressed', 'out-of-service'] as const

/** Whether an alarm is hidden, or not, in one of the ways that are asked for. */
function isHiddenAs({ hiddenBy }: Alarm, wanted: readonly (typeof hidings)[number][] | undefined): boolean {
  if (wanted === undefined) return true
  if (hiddenBy === undefined) return wanted.includes('no')
  return wanted.includes('yes') || wanted.includes(hiddenBy.kind)
}

export function alarmRoutes(server: HttpServer, parts: Parts): void {
  const { engine, feed, now } = parts

  /** The answer to a change; the pages hear of it too. */
  const changed = (id: string, alarm: Alarm | undefined) => {
    if (alarm === undefined) throw problem('ALARM_UNKNOWN', { alarm: id })
    feed.alarmChanged(alarm)
    return alarmViewOf(alarm, parts)
  }

  server.route({
    method: 'GET',
    url: '/api/v1/alarms',
    config: { access: 'city:read' },
    schema: {
      summary: 'List alarms',
      description:
        'Those that are not inactive, hidden ones with what hides them. `state=all`: also inactive ones that somebody hid or ' +
        'whose rule failed; of one `asset`, every rule on it.',
      tags: ['alarms'],
      querystring: z.object({
        asset: z.string().max(64).optional(),
        class: z.string().max(64).optional().describe('Of assets of this class'),
        failureMode: z.string().max(64).optional(),
        hidden: severalOf(hidings).optional(),
        state: severalOf(states).optional(),
        ...pageQuery,
      }),
      response: { 200: listOf(alarmView), ...problems() },
    },
    handler: async (request) => {
      const { asset, class: classId, failureMode, hidden, state, ...page } = request.query
      const wanted = state ?? ['pending', 'firing', 'recovering']
      const alarms = asset === undefined ? engine.alarms() : engine.alarmsOf(asset)
      const fitting = alarms.filter(
        (alarm) =>
          (wanted.includes('all') || wanted.includes(alarm.state)) &&
          (classId === undefined || alarm.rule.class === classId) &&
          (failureMode === undefined || alarm.rule.failureMode === failureMode) &&
          isHiddenAs(alarm, hidden),
      )
      return pageOf(
        byId(fitting),
        page,
        (alarm) => alarm.id,
        (alarm) => alarmViewOf(alarm, parts),
      )
    },
  })

  server.route({
    method: 'POST',
    url: '/api/v1/alarms/:id/acknowledge',
    config: { access: 'alarms:act' },
    schema: {
      summary: 'Acknowledge an alarm',
      description: 'Says that somebody knows; it changes nothing else.',
      tags: ['alarms'],
      params: alarmPath,
      response: { 200: alarmView, ...problems('ALARM_UNKNOWN', 'CSRF_REFUSED') },
    },
    handler: async (request) => {
      const { id } = request.params
      return changed(id, await engine.acknowledge(id, callerOf(request).name, now()))
    },
  })

  server.route({
    method: 'POST',
    url: '/api/v1/alarms/:id/shelve',
    config: { access: 'alarms:act' },
    schema: {
      summary: 'Shelve an alarm',
      description: 'Hides it from crews until a moment, for a reason. It is judged and listed all the same.',
      tags: ['alarms'],
      params: alarmPath,
      body: shelving,
      response: { 200: alarmView, ...problems('ALARM_UNKNOWN', 'SHELVING_INVALID', 'CSRF_REFUSED') },
    },
    handler: async (request) => {
      const { id } = request.params
      const at = now()
      const until = Date.parse(request.body.until)
      const message = until <= at ? 'expected a moment to come' : 'at most 30 days from now'
      if (until <= at || until > at + shelvedMsMax)
        throw problem('SHELVING_INVALID', { what: `until: ${message}` }, { faults: [{ path: 'body/until', message }] })
      const by = callerOf(request).name
      return changed(id, await engine.shelve(id, { reason: request.body.reason, by, until }, at))
    },
  })

  server.route({
    method: 'POST',
    url: '/api/v1/alarms/:id/unshelve',
    config: { access: 'alarms:act' },
    schema: {
      summary: 'Take an alarm off the shelf',
      tags: ['alarms'],
      params: alarmPath,
      response: { 200: alarmView, ...problems('ALARM_UNKNOWN', 'CSRF_REFUSED') },
    },
    handler: async (request) => {
      const { id } = request.params
      return changed(id, await engine.unshelve(id, callerOf(request).name, now()))
    },
  })
}
