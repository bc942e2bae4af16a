export type { ActOutcome } from './acting.ts'
export type { ActionFault, TicketAction } from './action.ts'
export type { LeftReason, TicketDecision, UpdateReason } from './considering.ts'
export * from './crew-message.ts'
export type { DraftOutcome, TicketDraft } from './drafting.ts'
export { canonicalJson, evidenceHash, evidencePointsMax } from './evidence.ts'
export type { EvidenceSource } from './evidence-keeper.ts'
export { type CountedTicket, raisedTickets } from './raised-tickets.ts'
export {
  finishedStates,
  isFinished,
  type Replayed,
  replayHistory,
  type TicketActionName,
  ticketActions,
} from './state-machine.ts'
export { ticketMigrations } from './tables.ts'
export * from './ticket.ts'
export { listedTicketsMax, type TicketFilter, type TicketList } from './ticket-list.ts'
export { type TicketListener, Tickets, type TicketsOptions } from './tickets.ts'
export { raisedFor, type Trial, tryRules } from './trial.ts'
