import type { Incidents } from '../rules/index.ts'
import { type CrewMessage, crewMessage, type HistoryEntry, type Ticket } from '../tickets/index.ts'

/** Lines that follow in the same moment as a ticket is raised; what they say is in the ticket. */
const besideRaising: readonly string[] = ['assign', 'note']

/**
 * What crews are told by MQTT: one message for a ticket that is raised, and one for whatever is done with it. Of an incident each crew hears once, with the first of its tickets that is raised in it;
 * that others are raised it sees in the incident. What people do is always told.
 */
export class CrewMessages {
  readonly #incidents: Pick<Incidents, 'numberOf' | 'known' | 'callsCrew'>
  readonly #send: (crew: string, message: CrewMessage) => void
  readonly #failed: (error: unknown) => void

  constructor(options: {
    incidents: Pick<Incidents, 'numberOf' | 'known' | 'callsCrew'>
    send: (crew: string, message: CrewMessage) => void
    failed: (error: unknown) => void
  }) {
    this.#incidents = options.incidents
    this.#send = options.send
    this.#failed = options.failed
  }

  tell(ticket: Ticket, entry: HistoryEntry): void {
    const { crew } = ticket
    if (crew === undefined) return
    const number = this.#incidents.numberOf(ticket.cause?.occurrence)
    const incident = this.#incidents.known(number)
    if (ticket.raisedAt === entry.at && besideRaising.includes(entry.action)) return
    if (entry.action !== 'raise' || number === undefined || incident === undefined) {
      this.#send(crew, crewMessage(ticket, entry))
      return
    }
    this.#incidents
      .callsCrew(number, crew)
      .then((isFirst) => {
        if (isFirst) this.#send(crew, crewMessage(ticket, entry, incident))
      })
      .catch(this.#failed)
  }
}
