/**
 * Every resource of the HTTP API, once: the server validates with these, OpenAPI is made from them, and the pages take
 * their types from them (`import type`, so that zod stays out of the browser). Times are ISO 8601 UTC, units UCUM codes.
 */
import { z } from 'zod'
import { snippetKinds } from '../../city/index.ts'
import { qualities, sourceNameLengthMax } from '../../ingest/index.ts'
import { alarmStates, severities } from '../../rules/index.ts'
import { closings, holdReasons, ticketActions, ticketStates } from '../../tickets/index.ts'

export { type TicketActionName, ticketActions } from '../../tickets/index.ts'

export const roles = ['admin', 'engineer', 'crew', 'viewer'] as const
export type Role = (typeof roles)[number]

/** What an API token may be: a role, or `reporter`, which can only send readings. */
export const principals = [...roles, 'reporter'] as const
export type Principal = (typeof principals)[number]

const iso = z.iso.datetime()
const level = z.enum(['warning', 'action'])

/** RFC 9457 with a stable `code`; `faults` where a form or file has several. */
export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  code: z.string(),
  detail: z.string(),
  faults: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  /** For a refused ticket move: what is possible now. */
  allowed: z.array(z.string()).optional(),
})

export const session = z.object({
  user: z.string(),
  name: z.string(),
  role: z.enum(roles),
  crew: z.string().nullable(),
  /** Send back as `X-CSRF-Token` with everything that changes something. */
  csrfToken: z.string(),
  city: z.object({ name: z.string(), timeZone: z.string() }),
  /** The town is simulated. */
  demo: z.boolean(),
})

/** What an asset's own alarms say of it, in a word: shown with shape and colour as well. */
export const assetStates = ['normal', 'silent', 'warning', 'action'] as const
export type AssetState = (typeof assetStates)[number]

export const place = z.object({ latitude: z.number(), longitude: z.number(), address: z.string().optional() })

export const assetSummary = z.object({
  id: z.string(),
  name: z.string(),
  class: z.string(),
  classTitle: z.string(),
  criticality: z.number().int().min(1).max(5),
  district: z.string().nullable(),
  place,
  state: z.enum(assetStates),
  openTickets: z.number().int(),
})

export const latestValue = z.object({ value: z.number(), observedAt: iso, quality: z.enum(qualities) })

/** A limit that a rule holds a sensor against; drawn as a band. */
export const sensorLimit = z.object({
  rule: z.string(),
  level,
  direction: z.enum(['above', 'below']),
  value: z.number(),
  title: z.string(),
})

export const sensorView = z.object({
  id: z.string(),
  quantity: z.string(),
  title: z.string(),
  unit: z.string(),
  decimals: z.number().int(),
  range: z.object({ min: z.number(), max: z.number() }),
  expectedIntervalSeconds: z.number(),
  latest: latestValue.nullable(),
  limits: z.array(sensorLimit),
})

export const alarmView = z.object({
  id: z.string(),
  rule: z.string(),
  ruleTitle: z.string(),
  asset: z.string(),
  sensor: z.string(),
  failureMode: z.string(),
  state: z.enum(alarmStates),
  level: level.nullable(),
  severity: z.enum(severities).nullable(),
  since: iso,
  startedAt: iso.nullable(),
  measured: z.number().nullable(),
  limit: z.number().nullable(),
  hiddenBy: z
    .object({
      kind: z.enum(['shelved', 'suppressed', 'out-of-service']),
      reason: z.string(),
      by: z.string().optional(),
      parent: z.string().optional(),
      until: iso.optional(),
    })
    .nullable(),
  acknowledgedBy: z.string().nullable(),
  error: z.string().nullable(),
})

export const priority = z.object({
  score: z.number(),
  band: z.enum(['urgent', 'high', 'medium', 'low']),
  factors: z.array(z.object({ name: z.string(), points: z.number(), because: z.string() })),
})

export const ticketSummary = z.object({
  number: z.number().int(),
  asset: z.string(),
  assetName: z.string(),
  class: z.string(),
  district: z.string().nullable(),
  failureMode: z.string(),
  title: z.string(),
  state: z.enum(ticketStates),
  severity: z.enum(severities),
  priority: priority.pick({ score: true, band: true }),
  crew: z.string().nullable(),
  crewName: z.string().nullable(),
  startedAt: iso,
  raisedAt: iso,
  dueAt: iso,
  updatedAt: iso,
  relapses: z.number().int(),
})

export const historyEntry = z.object({
  at: iso,
  by: z.string(),
  action: z.string(),
  from: z.enum(ticketStates).nullable(),
  to: z.enum(ticketStates).nullable(),
  note: z.string(),
})

export const evidence = z.object({
  from: iso,
  to: iso,
  /** Columns; `at` in milliseconds since 1970, for the chart. */
  series: z.array(
    z.object({
      sensor: z.string(),
      title: z.string(),
      unit: z.string(),
      at: z.array(z.number()),
      min: z.array(z.number()),
      max: z.array(z.number()),
      mean: z.array(z.number()),
      limits: z.array(z.object({ level, value: z.number(), direction: z.enum(['above', 'below']) })),
    }),
  ),
  ruleText: z.string(),
  ruleVersion: z.string(),
  hash: z.string(),
})

export const ticketView = ticketSummary.extend({
  priority,
  cause: z
    .object({
      rule: z.string(),
      ruleVersion: z.string(),
      ruleTitle: z.string(),
      sensor: z.string(),
      level,
      measured: z.number().nullable(),
      limit: z.number().nullable(),
      reason: z.string(),
    })
    .nullable(),
  advice: z.string(),
  jobPlan: z.array(z.string()),
  causes: z.array(z.string()),
  remedies: z.array(z.string()),
  holdReason: z.enum(holdReasons).nullable(),
  closing: z.enum(closings).nullable(),
  recurrences: z.number().int(),
  workDoneAt: iso.nullable(),
  watchUntil: iso.nullable(),
  place,
  history: z.array(historyEntry),
  evidence: evidence.nullable(),
  /** What may be done with it now. */
  allowed: z.array(z.enum(ticketActions)),
})

/** Body of every ticket action; which fields are needed depends on the action and is said when missing. */
export const ticketActionBody = z.object({
  note: z.string().max(4_000).optional(),
  crew: z.string().optional(),
  holdReason: z.enum(holdReasons).optional(),
  closing: z.enum(closings).optional(),
  /** Problem, cause and remedy as picked on finishing. */
  foundCause: z.string().max(200).optional(),
  remedy: z.string().max(200).optional(),
})

/** A person's own ticket, for what no sensor sees. */
export const ticketDraft = z.object({
  asset: z.string(),
  failureMode: z.string(),
  severity: z.enum(severities),
  note: z.string().min(1).max(4_000),
})

export const seriesView = z.object({
  sensor: z.string(),
  unit: z.string(),
  from: iso,
  to: iso,
  kind: z.enum(['raw', 'buckets']),
  /** Bucket width; null when raw. */
  widthMs: z.number().nullable(),
  /** Milliseconds since 1970, ascending. */
  at: z.array(z.number()),
  /** Raw: the three are the same column. */
  min: z.array(z.number()),
  max: z.array(z.number()),
  mean: z.array(z.number()),
  /** Raw only. */
  quality: z.array(z.enum(qualities)).nullable(),
})

export const deviceView = z.object({
  id: z.string(),
  title: z.string(),
  assets: z.array(z.string()),
  subscribes: z.array(z.string()),
  /** Filters of foreign topics that it may publish on besides its assets' telemetry: gateways, network servers. */
  publishes: z.array(z.string()),
  connected: z.boolean(),
  /** Its last message; null when there was none since the start. */
  heardAt: iso.nullable(),
  /** Log-ins under its name that were refused since the start. */
  refusedLogins: z.object({ count: z.number().int(), lastAt: iso, reason: z.string(), address: z.string() }).nullable(),
  /** Measured from the times its readings carry since the program started; null when it has sent none. */
  clock: z
    .object({
      /** Ahead of ours when positive. */
      skewMs: z.number(),
      flagged: z.boolean(),
      samples: z.number().int(),
      reason: z.string(),
    })
    .nullable(),
  createdAt: iso,
  revokedAt: iso.nullable(),
})
export const deviceDraft = z.object({
  id: z.string(),
  title: z.string().max(200).default(''),
  assets: z.array(z.string()).default([]),
  subscribes: z.array(z.string()).default([]),
  publishes: z.array(z.string()).default([]),
})
/** Text to paste: how the device connects. */
export const snippetView = z.object({ for: z.enum(snippetKinds), title: z.string(), text: z.string() })
/** The secret is shown this once; only its hash is kept. The snippets hold it. */
export const deviceCreated = deviceView.extend({ secret: z.string(), snippets: z.array(snippetView) })
export const snippetList = z.object({
  items: z.array(snippetView),
  /** Where MQTT over TLS is served; null where it is not. */
  tlsPort: z.number().int().nullable(),
})
export const devicesBulk = z.object({ items: z.array(deviceDraft).min(1).max(1_000) })
export const devicesBulkCreated = z.object({ items: z.array(z.object({ id: z.string(), secret: z.string() })) })

const sourceName = z.string().min(1).max(256)
/** A name that devices use, mapped to a sensor. */
export const sourceDraft = z.object({
  name: sourceName,
  sensor: z.string().max(200),
  /** UCUM code of what is sent; the quantity's own when absent. */
  unit: z.string().max(48).optional(),
  /** For raw counts: value = sent × factor + offset. */
  factor: z.number().optional(),
  offset: z.number().optional(),
})
export const sourceView = z.object({
  name: z.string(),
  sensor: z.string(),
  unit: z.string().nullable(),
  factor: z.number().nullable(),
  offset: z.number().nullable(),
  /** Why nothing is taken under the name at present. */
  fault: z.string().nullable(),
})
/** A name that readings came under and that nobody knows. */
export const discoveredView = z.object({
  name: z.string(),
  device: z.string(),
  topic: z.string(),
  unit: z.string().nullable(),
  value: z.number(),
  observedAt: iso,
  count: z.number().int(),
  firstAt: iso,
  lastAt: iso,
  /** What it probably stands for; `unit` is the UCUM code of what is sent. */
  suggestion: z.object({
    asset: z.string().nullable(),
    quantity: z.string().nullable(),
    unit: z.string().nullable(),
  }),
})
/** Somebody who tried to log in by a name that is no device's. */
export const discoveredDeviceView = z.object({
  device: z.string(),
  address: z.string(),
  count: z.number().int(),
  firstAt: iso,
  lastAt: iso,
})
/** The device as it will be; `seenAs` is the name that it logs in by now, where that is no lawful id. */
export const deviceAdoption = deviceDraft.extend({ seenAs: z.string().min(1).max(256) })

export const quarantineView = z.object({
  id: z.number().int(),
  device: z.string(),
  topic: z.string(),
  reason: z.string(),
  detail: z.string(),
  suggestion: z.string().nullable(),
  /** Payload as text where it is text, else hexadecimal; cut at 4 KB. */
  payload: z.string(),
  count: z.number().int(),
  firstAt: iso,
  lastAt: iso,
})

export const rates = z.object({
  at: iso,
  readingsPerSecond: z.number(),
  messagesPerSecond: z.number(),
  devicesConnected: z.number().int(),
  readingsTotal: z.number(),
  refusedTotal: z.number(),
  sensorsKnown: z.number().int(),
  alarmsFiring: z.number().int(),
  ticketsOpen: z.number().int(),
})

/** `GET /api/v1/stream?assets=a,b`: server-sent events by name. `readings` frames are sent at most 4 a second. */
export type StreamEvents = {
  /** Newest value per sensor of the assets asked for: [sensor, observedAt ms, value, quality]. */
  readings: { at: string; values: [string, number, number, string][] }
  alarm: z.infer<typeof alarmView>
  asset: { id: string; state: AssetState; openTickets: number }
  ticket: z.infer<typeof ticketSummary>
  rates: z.infer<typeof rates>
  /** What was missed is no longer held: fetch the page anew. */
  reset: { reason: string }
}

export const health = z.object({
  status: z.enum(['ready', 'degraded']),
  version: z.string(),
  startedAt: iso,
  parts: z.array(z.object({ name: z.string(), ready: z.boolean(), detail: z.string() })),
})

export const credentials = z.object({ user: z.string().min(1).max(64), password: z.string().min(1).max(256) })

export const quantityView = z.object({
  id: z.string(),
  title: z.string(),
  unit: z.string(),
  range: z.object({ min: z.number(), max: z.number() }),
  expectedIntervalSeconds: z.number(),
  decimals: z.number().int(),
})
export const failureModeView = z.object({
  id: z.string(),
  title: z.string(),
  skill: z.string(),
  jobPlan: z.array(z.string()),
  causes: z.array(z.string()),
  remedies: z.array(z.string()),
})
export const classView = z.object({
  id: z.string(),
  title: z.string(),
  plural: z.string(),
  quantities: z.array(quantityView),
  failureModes: z.array(failureModeView),
})

export const crewView = z.object({
  id: z.string(),
  name: z.string(),
  skills: z.array(z.string()),
  /** Districts; empty means all. */
  area: z.array(z.string()),
})

export const relationKinds = ['part of', 'fed by', 'reports through'] as const
/** `direction` `out`: this asset is *kind* the other; `in`: the other is *kind* this one. `kind` is always as it was written down. */
export const relationView = z.object({
  kind: z.enum(relationKinds),
  direction: z.enum(['out', 'in']),
  asset: z.string(),
  name: z.string(),
  state: z.enum(assetStates),
})

export const assetView = assetSummary.extend({
  installedAt: iso.nullable(),
  classDetail: classView,
  relations: z.array(relationView),
  sensors: z.array(sensorView),
  /** Those that are not inactive first. */
  alarms: z.array(alarmView),
  /** Open ones, most urgent first. */
  tickets: z.array(ticketSummary),
})

export const assetDraft = z.object({
  name: z.string().min(1).max(200),
  class: z.string(),
  criticality: z.number().int().min(1).max(5),
  place: z.object({
    latitude: z.number().min(-90).max(90),
    longitude: z.number().min(-180).max(180),
    address: z.string().max(200).optional(),
  }),
  district: z.string().max(100).nullable().default(null),
  relations: z.array(z.object({ kind: z.enum(relationKinds), asset: z.string() })).default([]),
  /** Which of the class's quantities are measured here; all of them when null. */
  quantities: z.array(z.string()).nullable().default(null),
  installedAt: iso.nullable().default(null),
})

/** Bound of one POST of readings: a day of one sensor each minute, or an hour of a small gateway. */
export const readingsPerRequestMax = 10_000
export const readingDrafts = z
  .array(
    z.object({
      /** `asset/quantity`, or the source name of a foreign device that is mapped to one. */
      sensor: z.string().max(sourceNameLengthMax),
      value: z.number(),
      /** The device's clock; now when absent. */
      observedAt: z.iso.datetime({ offset: true }).optional(),
      /** Only where the device itself doubts the value. */
      quality: z.enum(qualities).optional(),
    }),
  )
  .min(1)
  .max(readingsPerRequestMax)
export const readingsOutcome = z.object({
  /** Kept: committed and synced to disk. */
  accepted: z.number().int(),
  refused: z.array(
    z.object({
      /** Which of the readings sent, from 0. */
      index: z.number().int(),
      sensor: z.string(),
      reason: z.string(),
      detail: z.string(),
      suggestion: z.string().nullable(),
    }),
  ),
})

/** What InfluxDB's clients expect to be told by `POST /api/v2/write`. */
export const lineProblem = z.object({
  code: z.string(),
  message: z.string(),
  /** The first line that was dropped, from 1. */
  line: z.number().int().optional(),
})

/** All or nothing: the assets are made, then the names are mapped. */
export const adoption = z.object({
  items: z.array(sourceDraft).min(1).max(1_000),
  assets: z
    .array(assetDraft.extend({ id: z.string().max(64) }))
    .max(1_000)
    .default([]),
  /** A sensor that has another source gets this one in its place. */
  replace: z.boolean().default(false),
})
export const adopted = z.object({ items: z.array(sourceView) })

export const shelving = z.object({ reason: z.string().min(1).max(1_000), until: z.iso.datetime({ offset: true }) })

export const ruleSummary = z.object({
  id: z.string(),
  version: z.string(),
  title: z.string(),
  class: z.string(),
  failureMode: z.string(),
  quantity: z.string(),
  kind: z.enum(['threshold', 'rate', 'silence', 'stuck']),
  severity: z.object({ warning: z.enum(severities).nullable(), action: z.enum(severities).nullable() }),
  alarmsFiring: z.number().int(),
})
export const ruleView = ruleSummary.extend({
  forSeconds: z.number(),
  recoverSeconds: z.number(),
  watchSeconds: z.number(),
  advice: z.string(),
  source: z.string(),
  /** As it stands in its file. */
  text: z.string(),
})

export const featureCollection = z.object({
  type: z.literal('FeatureCollection'),
  features: z.array(z.record(z.string(), z.unknown())),
})
export const mapLayers = z.object({ items: z.array(z.object({ name: z.string(), features: featureCollection })) })

export const overview = z.object({
  assets: z.object({
    total: z.number().int(),
    byState: z.record(z.enum(assetStates), z.number().int()),
  }),
  tickets: z.object({
    total: z.number().int(),
    byBand: z.record(z.enum(['urgent', 'high', 'medium', 'low']), z.number().int()),
    /** The ten most urgent open ones. */
    first: z.array(ticketSummary),
  }),
  rates,
  /** The twenty that fired last and still do. */
  alarms: z.array(alarmView),
})

export const userView = z.object({
  user: z.string(),
  name: z.string(),
  role: z.enum(roles),
  crew: z.string().nullable(),
  createdAt: iso,
})
export const userDraft = z.object({
  user: z.string().regex(/^[a-z0-9][a-z0-9._@-]{0,63}$/, 'expected lower-case letters, digits and . _ @ -, at most 64'),
  name: z.string().min(1).max(200).optional(),
  role: z.enum(roles),
  crew: z.string().nullable().default(null),
  password: z.string().min(12).max(256),
})
export const passwordDraft = z.object({ password: z.string().min(12).max(256) })

export const tokenView = z.object({
  id: z.number().int(),
  title: z.string(),
  role: z.enum(principals),
  createdBy: z.string(),
  createdAt: iso,
  usedAt: iso.nullable(),
})
export const tokenDraft = z.object({ title: z.string().min(1).max(200), role: z.enum(principals) })
/** The token is shown this once; only its hash is kept. Send it as `Authorization: Bearer …`. */
export const tokenCreated = tokenView.extend({ token: z.string() })

export type Problem = z.infer<typeof problem>
export type Session = z.infer<typeof session>
export type AssetSummary = z.infer<typeof assetSummary>
export type SensorView = z.infer<typeof sensorView>
export type AlarmView = z.infer<typeof alarmView>
export type TicketSummary = z.infer<typeof ticketSummary>
export type TicketView = z.infer<typeof ticketView>
export type HistoryEntryView = z.infer<typeof historyEntry>
export type EvidenceView = z.infer<typeof evidence>
export type SeriesView = z.infer<typeof seriesView>
export type DeviceView = z.infer<typeof deviceView>
export type DeviceCreated = z.infer<typeof deviceCreated>
export type SnippetView = z.infer<typeof snippetView>
export type SourceView = z.infer<typeof sourceView>
export type DiscoveredView = z.infer<typeof discoveredView>
export type DiscoveredDeviceView = z.infer<typeof discoveredDeviceView>
export type QuarantineView = z.infer<typeof quarantineView>
export type Rates = z.infer<typeof rates>
export type Health = z.infer<typeof health>
export type AssetView = z.infer<typeof assetView>
export type ClassView = z.infer<typeof classView>
export type CrewView = z.infer<typeof crewView>
export type RelationView = z.infer<typeof relationView>
export type Overview = z.infer<typeof overview>
export type RuleSummary = z.infer<typeof ruleSummary>
export type RuleView = z.infer<typeof ruleView>
export type UserView = z.infer<typeof userView>
export type TokenView = z.infer<typeof tokenView>
