import type { Kysely, Transaction } from 'kysely'
import type { Database, Instant } from '../city/index.ts'
import type { AlarmEvent, Hiding } from './alarm.ts'
import type { Handling, HandlingAction } from './engine/handling.ts'
import { endOf, type ServiceWindow } from './situation/service-window.ts'
import type { RuleTables } from './tables.ts'

/** All up to here has been judged, and how far back what was observed may lie. */
export type Marker = { readonly receivedThrough: Instant; readonly observedFrom: Instant; readonly at: Instant }

export type KeptSensor = RuleTables['judgement_sensor']
export type KeptSegment = RuleTables['judgement_segment']

/** What a checkpoint writes, all in one transaction. */
export type Checkpoint = {
  readonly marker: Marker
  readonly sensors: readonly KeptSensor[]
  readonly segments: readonly KeptSegment[]
  /** Segments that were let go. */
  readonly dropped: readonly { readonly sensor: string; readonly numbers: readonly number[] }[]
  /** Sensors that are judged no more. */
  readonly gone: readonly string[]
  readonly outbox: readonly AlarmEvent[]
}

export type Kept = {
  readonly marker: Marker | undefined
  readonly sensors: readonly KeptSensor[]
  /** By sensor, in the order of their readings. */
  readonly segments: ReadonlyMap<string, readonly KeptSegment[]>
  readonly outbox: readonly AlarmEvent[]
  readonly handling: ReadonlyMap<string, Handling>
  /** Alarms that hold and were last told as hidden, by what. */
  readonly hidden: ReadonlyMap<string, Hiding>
  readonly windows: readonly ServiceWindow[]
}

/** Where the engine keeps what it must not forget. Only a case that is thrown away afterwards does without an AlarmBook. */
export type Book = Pick<AlarmBook, 'record' | 'keep' | 'begin' | 'load' | 'handle' | 'putWindow'>

// What is over for longer hides no reading that may still come late; the rows stay for those who ask who hid what.
const windowsLoadedMax = 20_000

// SQLite takes 32,766 parameters in one statement; 200 rows of 15 columns stay far below it.
const rowsPerStatement = 200

/** The alarms' part of the database: as they stand, what became of them, and what judging needs after a restart. */
export class AlarmBook {
  readonly #tables: Kysely<RuleTables>

  constructor(database: Database) {
    this.#tables = database.kysely.withTables<RuleTables>()
  }

  /** Writes the alarms and their history. The same events again change nothing. */
  async record(events: readonly AlarmEvent[]): Promise<void> {
    if (events.length === 0) return
    const newest = new Map(events.map((event) => [event.alarm.id, event]))
    const transitions = events.flatMap(toTransition)
    await this.#tables.transaction().execute(async (transaction) => {
      for (const rows of chunks([...newest.values()].map(toAlarmRow)))
        await transaction.replaceInto('alarm').values(rows).execute()
      for (const rows of chunks(transitions))
        await transaction
          .insertInto('alarm_transition')
          .values(rows)
          .onConflict((conflict) => conflict.doNothing())
          .execute()
    })
  }

  async keep(checkpoint: Checkpoint): Promise<void> {
    await this.#tables.transaction().execute(async (transaction) => {
      for (const sensor of checkpoint.gone) await forget(transaction, sensor)
      for (const { sensor, numbers } of checkpoint.dropped)
        for (const some of chunks(numbers))
          await transaction
            .deleteFrom('judgement_segment')
            .where('sensor', '=', sensor)
            .where('number', 'in', some)
            .execute()
      // SQLite works in this thread: after each statement it is somebody else's turn, and readings go on being kept.
      for (const rows of chunks(checkpoint.sensors)) {
        await transaction.replaceInto('judgement_sensor').values(rows).execute()
        await nextTurn()
      }
      for (const rows of chunks(checkpoint.segments)) {
        await transaction.replaceInto('judgement_segment').values(rows).execute()
        await nextTurn()
      }
      await transaction.deleteFrom('judgement_outbox').execute()
      const waiting = checkpoint.outbox.map((event, position) => ({ position, event_json: JSON.stringify(event) }))
      for (const rows of chunks(waiting)) await transaction.insertInto('judgement_outbox').values(rows).execute()
      await writeMarker(transaction, checkpoint.marker)
    })
  }

  /** Where judging began, before there is anything to keep. */
  async begin(marker: Marker): Promise<void> {
    await writeMarker(this.#tables, marker)
  }

  async load(): Promise<Kept> {
    const marker = await this.#tables.selectFrom('judgement_marker').selectAll().executeTakeFirst()
    const sensors = await this.#tables.selectFrom('judgement_sensor').selectAll().execute()
    const segments = new Map<string, KeptSegment[]>()
    const rows = this.#tables.selectFrom('judgement_segment').selectAll().orderBy('sensor').orderBy('first_at')
    for (const row of await rows.execute()) {
      const some = segments.get(row.sensor)
      if (some === undefined) segments.set(row.sensor, [row])
      else some.push(row)
    }
    const outbox = await this.#tables.selectFrom('judgement_outbox').selectAll().orderBy('position').execute()
    const handling = await this.#tables.selectFrom('alarm_handling').selectAll().execute()
    const hidden = await this.#tables
      .selectFrom('alarm')
      .select(['id', 'hidden_by_json'])
      .where('hidden_by_json', 'is not', null)
      .where('state', 'in', ['firing', 'recovering'])
      .execute()
    const windows = await this.#tables
      .selectFrom('service_window')
      .select('window_json')
      .orderBy('ends_at', 'desc')
      .limit(windowsLoadedMax)
      .execute()
    return {
      marker:
        marker === undefined
          ? undefined
          : { receivedThrough: marker.received_through, observedFrom: marker.observed_from, at: marker.at },
      sensors,
      segments,
      outbox: outbox.map((row) => JSON.parse(row.event_json) as AlarmEvent),
      handling: new Map(handling.map((row) => [row.alarm, JSON.parse(row.handling_json) as Handling])),
      hidden: new Map(hidden.map((row) => [row.id, JSON.parse(row.hidden_by_json ?? '') as Hiding])),
      windows: windows.map((row) => JSON.parse(row.window_json) as ServiceWindow),
    }
  }

  /** Keeps what holds of an alarm now, and adds to its history who did it. */
  async handle(alarm: string, handling: Handling, action: HandlingAction): Promise<void> {
    await this.#tables.transaction().execute(async (transaction) => {
      await transaction
        .replaceInto('alarm_handling')
        .values({ alarm, handling_json: JSON.stringify(handling) })
        .execute()
      await transaction.insertInto('alarm_action').values(action).execute()
    })
  }

  async putWindow(window: ServiceWindow): Promise<void> {
    const row = { id: window.id, ends_at: endOf(window), window_json: JSON.stringify(window) }
    await this.#tables.replaceInto('service_window').values(row).execute()
  }

  /** What became of an alarm's bouts that fired, oldest first. */
  transitionsOf(alarm: string, limit: number): Promise<RuleTables['alarm_transition'][]> {
    return this.#tables
      .selectFrom('alarm_transition')
      .selectAll()
      .where('alarm', '=', alarm)
      .orderBy('at', 'desc')
      .limit(limit)
      .execute()
      .then((rows) => rows.reverse())
  }

  actionsOf(alarm: string): Promise<RuleTables['alarm_action'][]> {
    return this.#tables.selectFrom('alarm_action').selectAll().where('alarm', '=', alarm).orderBy('at').execute()
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

async function forget(transaction: Transaction<RuleTables>, sensor: string): Promise<void> {
  await transaction.deleteFrom('judgement_sensor').where('sensor', '=', sensor).execute()
  await transaction.deleteFrom('judgement_segment').where('sensor', '=', sensor).execute()
  await transaction.deleteFrom('alarm').where('sensor', '=', sensor).execute()
}

async function writeMarker(tables: Kysely<RuleTables>, marker: Marker): Promise<void> {
  const row = { received_through: marker.receivedThrough, observed_from: marker.observedFrom, at: marker.at }
  await tables
    .replaceInto('judgement_marker')
    .values({ id: 1, ...row })
    .execute()
}

function toAlarmRow({ alarm, reason, judgedAt }: AlarmEvent): RuleTables['alarm'] {
  return {
    id: alarm.id,
    rule: alarm.rule.id,
    rule_version: alarm.rule.version,
    asset: alarm.asset,
    sensor: alarm.sensor,
    state: alarm.state,
    level: alarm.level ?? null,
    since: alarm.since,
    started_at: alarm.startedAt ?? null,
    occurrence: alarm.occurrence ?? null,
    measured: alarm.measured ?? null,
    limit_value: alarm.limit ?? null,
    hidden_by_json: alarm.hiddenBy === undefined ? null : JSON.stringify(alarm.hiddenBy),
    reason,
    judged_at: judgedAt,
  }
}

function toTransition({ alarm, before, at, judgedAt, reason }: AlarmEvent): RuleTables['alarm_transition'][] {
  const fired = [alarm.state, before.state].some((state) => state === 'firing' || state === 'recovering')
  if (!fired || alarm.occurrence === undefined) return []
  const row = {
    occurrence: alarm.occurrence,
    state: alarm.state,
    level: alarm.level ?? '',
    at,
    alarm: alarm.id,
    rule_version: alarm.rule.version,
    measured: alarm.measured ?? null,
    limit_value: alarm.limit ?? null,
    reason,
    judged_at: judgedAt,
  }
  return [row]
}

function* chunks<Row>(rows: readonly Row[]): Generator<Row[]> {
  for (let start = 0; start < rows.length; start += rowsPerStatement) yield rows.slice(start, start + rowsPerStatement)
}
