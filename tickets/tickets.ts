/**
 * The face of this folder.
 *
 * - `TicketBook` keeps tickets, bouts and history; every change is one transaction, and the unique index in it is what
 *   holds "at most one open ticket per asset and failure mode".
 * - `OpenTickets` is the copy in memory of what is unfinished; filled from the book at the start, and anew when another
 *   process has written.
 * - `Desk` knows the town: names, crews, priorities, times as people say them.
 * - `EvidenceKeeper` freezes readings. A ticket never waits for it, and the wish for evidence survives a restart.
 *
 * Alarm events may come any number of times (at least once, after a crash): see `weigh`. Listeners are told after the
 * commit, in order, once; a crash between commit and telling loses the telling, not the ticket.
 */
import type { Logger } from 'pino'
import type { AssetId, Database, DurationMs, Instant, Registry } from '../city/index.ts'
import type { Alarm, AlarmEvent } from '../rules/index.ts'
import { type ActOutcome, actOn } from './acting.ts'
import type { TicketAction } from './action.ts'
import type { TicketDecision } from './considering.ts'
import { Desk, programLine } from './desk.ts'
import { type DraftOutcome, draftTicket, type TicketDraft } from './drafting.ts'
import { EvidenceKeeper, type EvidenceSource } from './evidence-keeper.ts'
import { OpenTickets } from './open-tickets.ts'
import { writeVerdict } from './proving.ts'
import { considerOver } from './quiet.ts'
import { type CountedTicket, countedTickets, raisedTickets } from './raised-tickets.ts'
import { considerFiring } from './raising.ts'
import { actionsIn, type TicketActionName } from './state-machine.ts'
import type { Evidence, HistoryEntry, Ticket } from './ticket.ts'
import { TicketBook } from './ticket-book.ts'
import { listTickets, type TicketFilter, type TicketList } from './ticket-list.ts'
import type { TicketPage } from './ticket-page.ts'
import { judgeRepair } from './verification.ts'

// Waiting raises a priority by days, and the town changes rarely.
const repriceEveryMs: DurationMs = 60_000

export type TicketsOptions = {
  readonly database: Database
  readonly registry: Registry
  readonly evidence: EvidenceSource
  readonly log: Logger
}

export type TicketListener = (ticket: Ticket, entry: HistoryEntry) => void

export class Tickets {
  readonly #book: TicketBook
  readonly #open = new OpenTickets()
  readonly #desk: Desk
  readonly #keeper: EvidenceKeeper
  readonly #log: Logger
  readonly #listeners = new Set<TicketListener>()
  #pricedAt: Instant = Number.NEGATIVE_INFINITY

  private constructor({ database, registry, evidence, log }: TicketsOptions) {
    this.#book = new TicketBook(database)
    this.#desk = new Desk(registry, this.#open)
    this.#keeper = new EvidenceKeeper(this.#book.tables(), evidence, log)
    this.#log = log
  }

  static async open(options: TicketsOptions): Promise<Tickets> {
    const tickets = new Tickets(options)
    tickets.#open.fill(await tickets.#book.unfinished())
    return tickets
  }

  /** Decides what an alarm's change means for the tickets, and does it. The same event a second time changes nothing. */
  async consider(event: AlarmEvent, at: Instant): Promise<TicketDecision> {
    const { state, asset, rule } = event.alarm
    if (state === 'pending' || state === 'recovering') return { kind: 'left', reason: 'not firing' }
    if (state === 'inactive') {
      if (!this.#open.isOpen(asset, rule.failureMode)) return { kind: 'left', reason: 'not firing' }
      return this.#change((page) => considerOver(page, this.#desk, event, at))
    }
    // A flood that a parent explains is thousands of these: no transaction for what calls for nothing.
    if (event.alarm.hiddenBy !== undefined) return { kind: 'left', reason: event.alarm.hiddenBy.kind }
    const decision = await this.#change((page) => considerFiring(page, this.#desk, event, at))
    if (decision.kind !== 'left') await this.#keeper.capture(decision.ticket.number, at)
    return decision
  }

  /** Fetches evidence that could not be had when its ticket was raised. To be called at the start and every few seconds. */
  completeEvidence(at: Instant): Promise<number> {
    return this.#keeper.complete(at)
  }

  /**
   * Closes what the readings prove, reopens what they disprove, and asks for a person where they cannot tell. Returns the
   * tickets that were closed. To be called every few seconds; also follows what other processes wrote, and what waits.
   */
  async verify(
    alarmsOf: (asset: AssetId) => readonly Alarm[],
    newestReadingAt: (sensor: string) => Instant | undefined,
    at: Instant,
  ): Promise<readonly Ticket[]> {
    if (await this.#book.writtenElsewhere()) this.#open.fill(await this.#book.unfinished())
    const closed: Ticket[] = []
    for (const ticket of this.#open.inState('verifying')) {
      const alarms = alarmsOf(ticket.asset)
      const verdict = judgeRepair(ticket, alarms, newestReadingAt(ticket.cause?.sensor ?? ''), at)
      if (verdict.kind === 'waiting' && verdict.watchUntil === ticket.watchUntil) continue
      if (verdict.kind === 'undecided' && ticket.undecided !== undefined) continue
      const after = await this.#change((page) => writeVerdict(page, this.#desk, ticket, verdict, alarms, at))
      if (after?.state === 'closed') closed.push(after)
    }
    await this.#reprice(at)
    return closed
  }

  act(number: number, action: TicketAction, by: string, at: Instant): Promise<ActOutcome> {
    return this.#change((page) => actOn(page, this.#desk, number, { action, by, at }))
  }

  draft(draft: TicketDraft, by: string, at: Instant): Promise<DraftOutcome> {
    return this.#change((page) => draftTicket(page, this.#desk, draft, by, at))
  }

  get(number: number): Promise<Ticket | undefined> {
    return this.#book.find(number)
  }

  history(number: number): Promise<readonly HistoryEntry[]> {
    return this.#book.history(number)
  }

  evidence(number: number): Promise<Evidence | undefined> {
    return this.#keeper.of(number)
  }

  /** @throws Refusal TICKETS_CURSOR_INVALID */
  list(filter: TicketFilter): Promise<TicketList> {
    return listTickets(this.#book.tables(), filter)
  }

  /** All that are not closed or cancelled. */
  unfinished(): readonly Ticket[] {
    return this.#open.all()
  }

  /** The ticket that answers for each bout of an alarm, where one does. */
  aboutOccurrences(occurrences: readonly string[]): Promise<ReadonlyMap<string, number>> {
    return this.#book.aboutOccurrences(occurrences)
  }

  /** The tickets that rules raised about troubles since then. */
  counted(since: Instant): Promise<readonly CountedTicket[]> {
    return countedTickets(this.#book.tables(), since)
  }

  /** The tickets that a trial of rules is held against. */
  raisedBetween(wanted: Parameters<typeof raisedTickets>[1]): ReturnType<typeof raisedTickets> {
    return raisedTickets(this.#book.tables(), wanted)
  }

  openByAsset(): ReadonlyMap<AssetId, number> {
    return this.#open.countByAsset()
  }

  openCount(): number {
    return this.#open.size
  }

  allowedActions(ticket: Ticket): readonly TicketActionName[] {
    return actionsIn(ticket.state)
  }

  /** Called for every line added to a history, after it was committed. Returns how to stop. */
  onChange(listener: TicketListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Age makes a ticket more pressing, and an asset's criticality may have been changed. */
  async #reprice(at: Instant): Promise<void> {
    if (at - this.#pricedAt < repriceEveryMs) return
    this.#pricedAt = at
    for (const known of this.#open.all()) {
      if (this.#desk.priced(known, at).priority.score === known.priority.score) continue
      await this.#change(async (page) => {
        const before = await page.find(known.number)
        if (before === undefined || before.state !== known.state) return
        const after = { ...this.#desk.priced(before, at), updatedAt: at }
        const note = this.#desk.bandChange(before, after).trim()
        await page.update(before, after, note === '' ? [] : [programLine(at, 'update', note)])
      })
    }
  }

  async #change<Result>(work: (page: TicketPage) => Promise<Result>): Promise<Result> {
    const { result, written, elsewhere } = await this.#book.change(work)
    if (elsewhere) this.#open.fill(await this.#book.unfinished())
    else for (const { ticket } of written) this.#open.put(ticket)
    for (const { ticket, entries } of written) for (const entry of entries) this.#tell(ticket, entry)
    return result
  }

  #tell(ticket: Ticket, entry: HistoryEntry): void {
    for (const listener of this.#listeners) {
      try {
        listener(ticket, entry)
      } catch (error) {
        this.#log.error({ error, ticket: ticket.number }, 'a listener of the tickets threw')
      }
    }
  }
}
