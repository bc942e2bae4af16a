/** Several alarms that are one event, and which they are. */
export type IncidentTables = {
  incident: {
    number: number
    /** The number of the incident that this one turned out to be part of. */
    merged_into: number | null
    opened_at: number
    /** All of its alarms are over. */
    over_at: number | null
    /** JSON: what `describeIncident` says of it. */
    said_json: string
    /** JSON: crews that have had their message. */
    crews_json: string
  }
  incident_member: {
    occurrence: string
    incident: number
    alarm: string
    asset: string
    over_at: number | null
    /** JSON: the trouble as it was grouped. */
    trouble_json: string
  }
}

export const incidentStatements = [
  `create table incident (
    number integer primary key,
    merged_into integer,
    opened_at double precision not null,
    over_at double precision,
    said_json text not null,
    crews_json text not null
  )`,
  `create index incident_going_on on incident (over_at)`,
  `create table incident_member (
    occurrence text primary key,
    incident integer not null references incident (number),
    alarm text not null,
    asset text not null,
    over_at double precision,
    trouble_json text not null
  )`,
  `create index incident_member_of on incident_member (incident)`,
]
