import { z } from 'zod'
import type { HttpServer } from '../../server/http-server.ts'
import { listOf, pageQuery } from '../list.ts'
import { problems } from '../openapi.ts'
import type { Parts } from '../parts.ts'
import { problem } from '../problems.ts'
import { incidentSummary, incidentView } from '../schema.ts'
import { incidentMemberOf, incidentSummaryOf, ticketsByIncident } from '../views/situation-view.ts'

/** A page's worth; of a larger one the counts tell, and its alarms are listed by asset. */
const membersShownMax = 1_000

export function incidentRoutes(server: HttpServer, parts: Parts): void {
  const { incidents, tickets } = parts

  server.route({
    method: 'GET',
    url: '/api/v1/incidents',
    config: { access: 'city:read' },
    schema: {
      summary: 'List incidents',
      description:
        'Alarms that are probably one event, the newest first: with what probably caused it and why that is thought.',
      tags: ['alarms'],
      querystring: z.object({
        state: z.enum(['open', 'all']).default('open').describe('`all`: also those that are over'),
        ...pageQuery,
      }),
      response: { 200: listOf(incidentSummary), ...problems() },
    },
    handler: async (request) => {
      const { state, limit, after } = request.query
      const before = after === undefined ? undefined : Number(after)
      const found = await incidents.list(state, before, limit + 1)
      const page = found.slice(0, limit)
      const about = ticketsByIncident(parts)
      const last = page.at(-1)
      return {
        items: page.map((incident) => incidentSummaryOf(incident, about.get(incident.number) ?? [], parts)),
        next: last === undefined || found.length <= limit ? null : String(last.number),
      }
    },
  })

  server.route({
    method: 'GET',
    url: '/api/v1/incidents/:number',
    config: { access: 'city:read' },
    schema: {
      summary: 'One incident',
      description: 'With its alarms, those that a parent explains too, each as it is now and with its ticket.',
      tags: ['alarms'],
      params: z.object({ number: z.coerce.number().int().min(1) }),
      response: { 200: incidentView, ...problems('INCIDENT_UNKNOWN') },
    },
    handler: async (request) => {
      const incident = await incidents.get(request.params.number)
      if (incident === undefined) throw problem('INCIDENT_UNKNOWN', { number: String(request.params.number) })
      const members = (await incidents.membersOf(incident.number)).slice(0, membersShownMax)
      const about = await tickets.aboutOccurrences(members.map(({ occurrence }) => occurrence))
      const unfinished = ticketsByIncident(parts).get(incident.number) ?? []
      return {
        ...incidentSummaryOf(incident, unfinished, parts),
        members: members.map((member) => incidentMemberOf(member, about.get(member.occurrence), parts)),
      }
    },
  })
}
