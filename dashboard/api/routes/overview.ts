import type { Ticket } from '../../../tickets/index.ts'
import { assetStateOf } from '../../live/asset-state.ts'
import type { HttpServer } from '../../server/http-server.ts'
import { problems } from '../openapi.ts'
import type { Parts } from '../parts.ts'
import { overview } from '../schema.ts'
import { alarmViewOf } from '../views/alarm-view.ts'
import { ticketSummaryOf } from '../views/ticket-view.ts'
import { unfinishedStates } from './tickets.ts'

const ticketsShown = 10
const alarmsShown = 20
const pageSize = 500

export function overviewRoutes(server: HttpServer, parts: Parts): void {
  const { registry, engine } = parts

  server.route({
    method: 'GET',
    url: '/api/v1/overview',
    config: { access: 'city:read' },
    schema: {
      summary: 'The town at a glance',
      description:
        'Assets by state, open tickets by priority, rates, the newest alarms: what the first page shows, in one call.',
      tags: ['overview'],
      response: { 200: overview, ...problems() },
    },
    handler: async () => {
      const byState = { normal: 0, silent: 0, warning: 0, action: 0 }
      for (const asset of registry.assets()) byState[assetStateOf(engine.alarmsOf(asset.id))]++
      const open = await openTickets(parts)
      const byBand = { urgent: 0, high: 0, medium: 0, low: 0 }
      for (const ticket of open) byBand[ticket.priority.band]++
      const first = [...open].sort((one, other) => other.priority.score - one.priority.score).slice(0, ticketsShown)
      const firing = engine
        .alarms()
        .filter((alarm) => alarm.state === 'firing')
        .sort((one, other) => other.since - one.since)
      return {
        assets: { total: registry.assets().length, byState },
        tickets: { total: open.length, byBand, first: first.map((ticket) => ticketSummaryOf(ticket, registry)) },
        rates: parts.rates(),
        alarms: firing.slice(0, alarmsShown).map((alarm) => alarmViewOf(alarm, parts)),
      }
    },
  })
}

async function openTickets({ tickets }: Parts): Promise<readonly Ticket[]> {
  const open: Ticket[] = []
  let after: string | undefined
  do {
    const page = await tickets.list({
      states: unfinishedStates,
      limit: pageSize,
      ...(after !== undefined && { after }),
    })
    open.push(...page.items)
    after = page.next ?? undefined
  } while (after !== undefined)
  return open
}
