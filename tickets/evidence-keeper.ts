import { setTimeout } from 'node:timers/promises'
import type { Kysely } from 'kysely'
import type { Logger } from 'pino'
import { z } from 'zod'
import type { AssetId, DurationMs, Instant } from '../city/index.ts'
import { canonicalJson, type EvidenceWanted, freezeEvidence } from './evidence.ts'
import type { TicketTables } from './tables.ts'
import type { Evidence, EvidenceSeries } from './ticket.ts'

/** Fetches the readings of an asset, `to` exclusive; at most `evidencePointsMax` points a series. */
export type EvidenceSource = (asset: AssetId, from: Instant, to: Instant) => Promise<readonly EvidenceSeries[]>

// A healthy store answers in tens of milliseconds; the next ticket must not wait long for a sick one.
const patienceMs: DurationMs = 2_000
// While the store is away it is asked again after 10 s, 20 s, … 5 min.
const retryMsMin: DurationMs = 10_000
const retryMsMax: DurationMs = 300_000
/** Tickets completed in one go, so that what else must happen is not held up. */
const completedAtOnceMax = 20

const level = z.enum(['warning', 'action'])
const limits = z.array(z.object({ level, value: z.number(), direction: z.enum(['above', 'below']) }))
const wantedRow = z.object({
  ticket: z.number(),
  asset: z.string(),
  from: z.number(),
  to: z.number(),
  sensor: z.string(),
  limits,
  ruleText: z.string(),
  ruleVersion: z.string(),
})
const column = z.array(z.number())
const evidenceContent = z.object({
  from: z.number(),
  to: z.number(),
  series: z.array(
    z.object({
      sensor: z.string(),
      title: z.string(),
      unit: z.string(),
      at: column,
      min: column,
      max: column,
      mean: column,
      limits,
    }),
  ),
  ruleText: z.string(),
  ruleVersion: z.string(),
})

/**
 * Freezes the evidence of tickets. The wish for it is written with the ticket and stays until the evidence is stored,
 * so a store that is away, or a program that dies in between, delays evidence and never loses it.
 */
export class EvidenceKeeper {
  readonly #tables: Kysely<TicketTables>
  readonly #source: EvidenceSource
  readonly #log: Logger
  readonly #failures = new Map<number, number>()
  #failuresInARow = 0
  #awayUntil: Instant = Number.NEGATIVE_INFINITY

  constructor(tables: Kysely<TicketTables>, source: EvidenceSource, log: Logger) {
    this.#tables = tables
    this.#source = source
    this.#log = log
  }

  /** Right after raising. Never throws for the store's sake; what fails is left to `complete`. */
  async capture(ticket: number, at: Instant): Promise<void> {
    if (at < this.#awayUntil) return
    const row = await this.#tables
      .selectFrom('ticket_evidence_wanted')
      .selectAll()
      .where('ticket', '=', ticket)
      .executeTakeFirst()
    if (row !== undefined) await this.#fetch(wantedRow.parse(JSON.parse(row.wanted)), at)
  }

  /** Fetches what is still missing; returns how many tickets were completed. */
  async complete(at: Instant): Promise<number> {
    if (at < this.#awayUntil) return 0
    const rows = await this.#tables.selectFrom('ticket_evidence_wanted').selectAll().orderBy('ticket').execute()
    // Those that failed before come last: one that always fails must not stand before the others.
    const inOrder = rows.sort((a, b) => (this.#failures.get(a.ticket) ?? 0) - (this.#failures.get(b.ticket) ?? 0))
    let completed = 0
    for (const row of inOrder.slice(0, completedAtOnceMax)) {
      if (!(await this.#fetch(wantedRow.parse(JSON.parse(row.wanted)), at))) break
      completed += 1
    }
    return completed
  }

  async of(ticket: number): Promise<Evidence | undefined> {
    const row = await this.#tables
      .selectFrom('ticket_evidence')
      .selectAll()
      .where('ticket', '=', ticket)
      .executeTakeFirst()
    return row && { ...evidenceContent.parse(JSON.parse(row.content)), hash: row.hash }
  }

  async #fetch(wanted: EvidenceWanted, at: Instant): Promise<boolean> {
    let series: readonly EvidenceSeries[]
    try {
      series = await withinPatience(this.#source(wanted.asset, wanted.from, wanted.to))
    } catch (error) {
      this.#failures.set(wanted.ticket, (this.#failures.get(wanted.ticket) ?? 0) + 1)
      this.#awayUntil = at + Math.min(retryMsMax, retryMsMin * 2 ** this.#failuresInARow)
      this.#failuresInARow += 1
      this.#log.warn({ error, ticket: wanted.ticket }, 'evidence could not be fetched; it is tried again')
      return false
    }
    await this.#store(wanted, series, at)
    this.#failures.delete(wanted.ticket)
    this.#failuresInARow = 0
    this.#awayUntil = Number.NEGATIVE_INFINITY
    return true
  }

  async #store(wanted: EvidenceWanted, series: readonly EvidenceSeries[], at: Instant): Promise<void> {
    const { hash, ...content } = freezeEvidence(wanted, series)
    await this.#tables.transaction().execute(async (transaction) => {
      await transaction
        .insertInto('ticket_evidence')
        .values({ ticket: wanted.ticket, content: canonicalJson(content), hash, stored_at: Math.round(at) })
        // Another process may have been first: what is frozen stays.
        .onConflict((conflict) => conflict.doNothing())
        .execute()
      await transaction.deleteFrom('ticket_evidence_wanted').where('ticket', '=', wanted.ticket).execute()
    })
  }
}

/** @throws when the promise takes longer than a ticket can wait */
async function withinPatience<Value>(promise: Promise<Value>): Promise<Value> {
  const giveUp = new AbortController()
  const tooLong = setTimeout(patienceMs, undefined, { signal: giveUp.signal, ref: false }).then(() => {
    throw new Error(`no answer within ${patienceMs} ms`)
  })
  tooLong.catch(() => undefined)
  try {
    return await Promise.race([promise, tooLong])
  } finally {
    giveUp.abort()
  }
}
