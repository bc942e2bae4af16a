import type { Kysely } from 'kysely'
import type { Database, Instant } from '../../city/index.ts'
import type { Incident, IncidentMember, IncidentWords } from './incident.ts'
import type { IncidentTables } from './incident-tables.ts'

// SQLite takes 32,766 parameters in one statement.
const rowsPerStatement = 500

/** The incidents' part of the database. */
export class IncidentBook {
  readonly #tables: Kysely<IncidentTables>

  constructor(database: Database) {
    this.#tables = database.kysely.withTables<IncidentTables>()
  }

  async write(
    incidents: readonly Incident[],
    members: readonly { readonly incident: number; readonly member: IncidentMember }[],
  ): Promise<void> {
    await this.#tables.transaction().execute(async (transaction) => {
      for (const incident of incidents) await transaction.replaceInto('incident').values(toRow(incident)).execute()
      for (let start = 0; start < members.length; start += rowsPerStatement)
        await transaction
          .replaceInto('incident_member')
          .values(
            members.slice(start, start + rowsPerStatement).map(({ incident, member }) => toMemberRow(incident, member)),
          )
          .execute()
    })
  }

  /** Those that were going on since then, oldest first. */
  async goingOnSince(at: Instant): Promise<readonly Incident[]> {
    const rows = await this.#tables
      .selectFrom('incident')
      .selectAll()
      .where('merged_into', 'is', null)
      .where((where) => where.or([where('over_at', 'is', null), where('over_at', '>=', at)]))
      .orderBy('number')
      .execute()
    return rows.map(fromRow)
  }

  async membersOf(number: number): Promise<readonly IncidentMember[]> {
    const rows = await this.#tables.selectFrom('incident_member').selectAll().where('incident', '=', number).execute()
    return rows
      .map(memberFromRow)
      .sort((one, other) => one.from - other.from || (one.occurrence < other.occurrence ? -1 : 1))
  }

  async find(number: number): Promise<Incident | undefined> {
    const row = await this.#tables.selectFrom('incident').selectAll().where('number', '=', number).executeTakeFirst()
    return row && fromRow(row)
  }

  /** Newest first, before this number. */
  async list(state: 'open' | 'all', before: number | undefined, limit: number): Promise<readonly Incident[]> {
    let query = this.#tables.selectFrom('incident').selectAll().orderBy('number', 'desc').limit(limit)
    if (before !== undefined) query = query.where('number', '<', before)
    if (state === 'open') query = query.where('over_at', 'is', null).where('merged_into', 'is', null)
    return (await query.execute()).map(fromRow)
  }

  async incidentOf(occurrence: string): Promise<number | undefined> {
    const row = await this.#tables
      .selectFrom('incident_member')
      .select('incident')
      .where('occurrence', '=', occurrence)
      .executeTakeFirst()
    return row?.incident
  }

  async newestNumber(): Promise<number> {
    const row = await this.#tables
      .selectFrom('incident')
      .select(({ fn }) => fn.max('number').as('newest'))
      .executeTakeFirst()
    return Number(row?.newest ?? 0)
  }
}

function toRow(incident: Incident): IncidentTables['incident'] {
  const { number, mergedInto, openedAt, overAt, crewsTold, title, root, reasons, assets, alarms, startedAt, lastAt } =
    incident
  return {
    number,
    merged_into: mergedInto ?? null,
    opened_at: openedAt,
    over_at: overAt ?? null,
    said_json: JSON.stringify({ title, root, reasons, assets, alarms, startedAt, lastAt }),
    crews_json: JSON.stringify(crewsTold),
  }
}

function fromRow(row: IncidentTables['incident']): Incident {
  const words = JSON.parse(row.said_json) as IncidentWords
  return {
    ...words,
    // JSON leaves out what is undefined: an incident without a root has none.
    root: words.root,
    number: row.number,
    state: row.merged_into !== null ? 'merged' : row.over_at !== null ? 'over' : 'open',
    mergedInto: row.merged_into ?? undefined,
    openedAt: row.opened_at,
    overAt: row.over_at ?? undefined,
    crewsTold: JSON.parse(row.crews_json) as string[],
  }
}

function toMemberRow(incident: number, { overAt, ...trouble }: IncidentMember): IncidentTables['incident_member'] {
  const { occurrence, alarm, asset } = trouble
  return { occurrence, incident, alarm, asset, over_at: overAt ?? null, trouble_json: JSON.stringify(trouble) }
}

function memberFromRow(row: IncidentTables['incident_member']): IncidentMember {
  return { ...(JSON.parse(row.trouble_json) as Omit<IncidentMember, 'overAt'>), overAt: row.over_at ?? undefined }
}
