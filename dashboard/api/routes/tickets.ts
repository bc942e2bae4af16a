import { z } from 'zod'
import type { AssetId } from '../../../city/index.ts'
import { finishedStates, type Ticket, ticketStates } from '../../../tickets/index.ts'
import { type Caller, callerOf } from '../../access/caller.ts'
import { mayDo } from '../../access/permissions.ts'
import type { HttpServer } from '../../server/http-server.ts'
import { listOf, pageQuery, severalOf } from '../list.ts'
import { problems } from '../openapi.ts'
import type { Parts } from '../parts.ts'
import { problem } from '../problems.ts'
import {
  type TicketSummary,
  type TicketView,
  ticketActionBody,
  ticketActions,
  ticketDraft,
  ticketSummary,
  ticketView,
} from '../schema.ts'
import { ticketSummaryOf, ticketViewOf } from '../views/ticket-view.ts'

export const unfinishedStates = ticketStates.filter((state) => !finishedStates.some((finished) => finished === state))

/** At most one ticket per failure mode is open, and no class has more modes than this. */
const openPerAssetMax = 100

const numbered = { number: z.coerce.number().int().min(1).describe('Ticket number') }
const priorityBands = ['urgent', 'high', 'medium', 'low'] as const

async function incidentOf({ cause }: Ticket, incidents: Parts['incidents']): Promise<TicketView['incident']> {
  const number = cause === undefined ? undefined : await incidents.incidentOf(cause.occurrence)
  const incident = number === undefined ? undefined : await incidents.get(number)
  return incident === undefined ? null : { number: incident.number, title: incident.title }
}

export async function openTicketsOf(asset: AssetId, { tickets, registry }: Parts): Promise<TicketSummary[]> {
  const { items } = await tickets.list({ asset, states: unfinishedStates, limit: openPerAssetMax })
  return items.map((ticket) => ticketSummaryOf(ticket, registry))
}

export function ticketRoutes(server: HttpServer, parts: Parts): void {
  const { incidents, tickets, registry, now } = parts

  const viewOf = async (ticket: Ticket, caller: Caller): Promise<TicketView> => {
    const { number } = ticket
    const [history, evidence] = await Promise.all([tickets.history(number), tickets.evidence(number)])
    const allowed = mayDo(caller.role, 'tickets:act') ? tickets.allowedActions(ticket) : []
    return ticketViewOf(ticket, { history, evidence, allowed, incident: await incidentOf(ticket, incidents) }, registry)
  }

  server.route({
    method: 'GET',
    url: '/api/v1/tickets',
    config: { access: 'city:read' },
    schema: {
      summary: 'List tickets',
      tags: ['tickets'],
      querystring: z.object({
        state: severalOf(ticketStates).optional(),
        unfinished: z.enum(['true', 'false']).optional().describe('`true`: all that are neither closed nor cancelled'),
        asset: z.string().max(64).optional(),
        crew: z.string().max(64).optional(),
        band: z.enum(priorityBands).optional(),
        ...pageQuery,
      }),
      response: { 200: listOf(ticketSummary), ...problems() },
    },
    handler: async (request) => {
      const { state, unfinished, asset, crew, band, limit, after } = request.query
      const states = state ?? (unfinished === 'true' ? unfinishedStates : undefined)
      const { items, next } = await tickets.list({
        limit,
        ...(states && { states }),
        ...(asset !== undefined && { asset }),
        ...(crew !== undefined && { crew }),
        ...(band !== undefined && { band }),
        ...(after !== undefined && { after }),
      })
      return { items: items.map((ticket) => ticketSummaryOf(ticket, registry)), next }
    },
  })

  server.route({
    method: 'POST',
    url: '/api/v1/tickets',
    config: { access: 'tickets:act' },
    schema: {
      summary: 'Raise a ticket by hand',
      description:
        'For what no sensor sees. When a ticket is open about the same asset and failure mode already, the words go ' +
        'into its history and the answer is that ticket, with 200.',
      tags: ['tickets'],
      body: ticketDraft,
      response: { 200: ticketView, 201: ticketView, ...problems('TICKET_INVALID', 'CSRF_REFUSED') },
    },
    handler: async (request, reply) => {
      const caller = callerOf(request)
      const outcome = await tickets.draft(request.body, caller.name, now())
      if (outcome.kind === 'incomplete')
        throw problem('TICKET_INVALID', { what: sentenceOf(outcome.faults) }, { faults: outcome.faults })
      reply.code(outcome.kind === 'opened' ? 201 : 200).header('location', `/api/v1/tickets/${outcome.ticket.number}`)
      return await viewOf(outcome.ticket, caller)
    },
  })

  server.route({
    method: 'GET',
    url: '/api/v1/tickets/:number',
    config: { access: 'city:read' },
    schema: {
      summary: 'Read a ticket',
      description:
        'With its priority factors, cause, frozen evidence, history, and what the caller may do with it now.',
      tags: ['tickets'],
      params: z.object(numbered),
      response: { 200: ticketView, ...problems('TICKET_UNKNOWN') },
    },
    handler: async (request) => {
      const { number } = request.params
      const ticket = await tickets.get(number)
      if (ticket === undefined) throw problem('TICKET_UNKNOWN', { number: String(number) })
      return await viewOf(ticket, callerOf(request))
    },
  })

  server.route({
    method: 'POST',
    url: '/api/v1/tickets/:number/:action',
    config: { access: 'tickets:act' },
    schema: {
      summary: 'Do something with a ticket',
      description: 'What is not possible now is refused with 409 and the list of what is.',
      tags: ['tickets'],
      params: z.object({ ...numbered, action: z.enum(ticketActions) }),
      body: ticketActionBody,
      response: {
        200: ticketView,
        ...problems('TICKET_UNKNOWN', 'TICKET_MOVE_REFUSED', 'TICKET_ACTION_INCOMPLETE', 'CSRF_REFUSED'),
      },
    },
    handler: async (request) => {
      const { number, action } = request.params
      const caller = callerOf(request)
      const outcome = await tickets.act(number, { name: action, ...request.body }, caller.name, now())
      switch (outcome.kind) {
        case 'unknown':
          throw problem('TICKET_UNKNOWN', { number: String(number) })
        case 'refused':
          throw problem('TICKET_MOVE_REFUSED', { reason: outcome.reason }, { allowed: outcome.allowed })
        case 'incomplete':
          throw problem('TICKET_ACTION_INCOMPLETE', { what: sentenceOf(outcome.faults) }, { faults: outcome.faults })
        case 'done':
          return await viewOf(outcome.ticket, caller)
      }
    },
  })
}

function sentenceOf(faults: readonly { readonly path: string; readonly message: string }[]): string {
  return faults.map(({ path, message }) => `${path}: ${message}`).join('; ')
}
