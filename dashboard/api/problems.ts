import type { Problem } from './schema.ts'

/**
 * Every trouble the API can answer with: a stable code, its status, a title that never changes, and a detail with
 * `{holes}` for what was asked. Clients test on `code`, never on words. docs/errors.md lists the same codes.
 */
export const problemCatalogue = {
  REQUEST_INVALID: { status: 400, title: 'Request not understood', detail: '{what}' },
  BODY_TOO_LARGE: { status: 413, title: 'Body too large', detail: 'the body is larger than this route takes' },
  MEDIA_TYPE_UNSUPPORTED: { status: 415, title: 'Media type not supported', detail: 'send application/json' },
  RANGE_INVALID: { status: 400, title: 'Range not possible', detail: '"to" ({to}) must be after "from" ({from})' },
  NOT_LOGGED_IN: { status: 401, title: 'Not logged in', detail: 'log in, or send a valid API token' },
  LOGIN_REFUSED: { status: 401, title: 'Login refused', detail: 'user name or password is wrong' },
  LOGIN_SLOWED: { status: 429, title: 'Too many attempts', detail: 'try again in {seconds} s' },
  LOGIN_BUSY: { status: 503, title: 'Too many logins at once', detail: 'try again in {seconds} s' },
  CSRF_REFUSED: {
    status: 403,
    title: 'Not from these pages',
    detail: 'the header X-CSRF-Token is missing or does not belong to this session',
  },
  ORIGIN_REFUSED: { status: 403, title: 'Not from these pages', detail: 'origin "{origin}" is not this server' },
  FORBIDDEN: { status: 403, title: 'Not allowed', detail: 'the role {role} may not do this ({permission})' },
  ROUTE_UNKNOWN: { status: 404, title: 'No such address', detail: 'nothing answers {method} {path}' },
  ASSET_UNKNOWN: { status: 404, title: 'No such asset', detail: 'no asset "{asset}"' },
  SENSOR_UNKNOWN: { status: 404, title: 'No such sensor', detail: 'no sensor "{sensor}"{suggestion}' },
  ALARM_UNKNOWN: { status: 404, title: 'No such alarm', detail: 'no alarm "{alarm}"' },
  WINDOW_UNKNOWN: {
    status: 404,
    title: 'No such window',
    detail: 'nothing hides "{window}" that could be ended or changed',
  },
  INCIDENT_UNKNOWN: { status: 404, title: 'No such incident', detail: 'no incident {number}' },
  TICKET_UNKNOWN: { status: 404, title: 'No such ticket', detail: 'no ticket {number}' },
  RULE_UNKNOWN: { status: 404, title: 'No such rule', detail: 'no rule "{rule}"' },
  CLASS_UNKNOWN: { status: 404, title: 'No such class', detail: 'no asset class "{class}"' },
  DEVICE_UNKNOWN: { status: 404, title: 'No such device', detail: 'no device "{device}" with a credential in force' },
  MAP_LAYER_UNKNOWN: { status: 404, title: 'No such map layer', detail: 'no map layer "{layer}"' },
  QUARANTINE_UNKNOWN: { status: 404, title: 'No such entry', detail: 'nothing in quarantine has the number {id}' },
  USER_UNKNOWN: { status: 404, title: 'No such user', detail: 'no user "{user}"' },
  TOKEN_UNKNOWN: { status: 404, title: 'No such token', detail: 'no API token {id}' },
  ASSET_INVALID: { status: 422, title: 'Asset not accepted', detail: '{what}' },
  ASSET_REFERRED_TO: { status: 409, title: 'Others refer to it', detail: '{what}' },
  SHELVING_INVALID: { status: 422, title: 'Shelving not accepted', detail: '{what}' },
  WINDOW_INVALID: { status: 422, title: 'Window not accepted', detail: '{what}' },
  TICKET_INVALID: { status: 422, title: 'Ticket not accepted', detail: '{what}' },
  TICKET_ACTION_INCOMPLETE: { status: 422, title: 'Something is missing', detail: '{what}' },
  TICKETS_CURSOR_INVALID: { status: 400, title: 'Page not known', detail: '{what}' },
  TICKET_MOVE_REFUSED: { status: 409, title: 'Not possible now', detail: '{reason}' },
  DEVICE_EXISTS: {
    status: 409,
    title: 'Device exists',
    detail: 'device "{device}" is there already; rotate its secret',
  },
  DEVICE_INVALID: { status: 422, title: 'Device not accepted', detail: '{what}' },
  SOURCE_INVALID: { status: 422, title: 'Mapping not accepted', detail: '{what}' },
  SOURCE_UNKNOWN: { status: 404, title: 'No such mapping', detail: 'nothing is mapped by the name "{source}"' },
  DISCOVERED_UNKNOWN: {
    status: 404,
    title: 'Not discovered',
    detail: 'nothing was sent under the name "{name}", or it was forgotten for want of room',
  },
  USER_EXISTS: { status: 409, title: 'User exists', detail: '{what}' },
  USER_INVALID: { status: 422, title: 'User not accepted', detail: '{what}' },
  CREW_UNKNOWN: { status: 422, title: 'No such crew', detail: 'no crew "{crew}"' },
  LAST_ADMIN: { status: 409, title: 'Last admin', detail: '"{user}" is the only admin; make another one first' },
  RULE_INVALID: { status: 422, title: 'Rule not accepted', detail: '{what}' },
  RULE_UNCHANGED: { status: 409, title: 'Nothing to go back from', detail: '{what}' },
  RULES_FIXED: {
    status: 409,
    title: 'Rules cannot be changed here',
    detail: 'this program reads its rules from files only',
  },
  RULE_WITHOUT_LIMIT: {
    status: 422,
    title: 'No limit to move',
    detail: 'rule "{rule}" has no limit that could be moved to meet a budget',
  },
  BUDGET_INVALID: { status: 422, title: 'Budget not accepted', detail: '{what}' },
  TRIAL_SPAN: { status: 422, title: 'Too long a past', detail: 'at most {days} days can be tried at once' },
  TRIALS_BUSY: {
    status: 429,
    title: 'Other trials are running',
    detail: '{running} trials of rules are running, which is as many as there may be; wait for one, or cancel it',
  },
  STREAM_FULL: {
    status: 503,
    title: 'Too many live pages',
    detail: 'all {places} places of the live stream are taken',
  },
  READINGS_BACKLOG: { status: 503, title: 'Too much at once', detail: 'too many readings wait to be kept; send again' },
  STORE_UNAVAILABLE: { status: 503, title: 'Readings not available', detail: 'the reading store does not answer now' },
  INTERNAL: {
    status: 500,
    title: 'Something broke',
    detail: 'nothing is wrong with the request; see the log, id {id}',
  },
} as const

export type ProblemCode = keyof typeof problemCatalogue

type Holes<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | Holes<Rest> : never
type Values<Code extends ProblemCode> = Readonly<Record<Holes<(typeof problemCatalogue)[Code]['detail']>, string>>

export type ProblemExtras = {
  readonly faults?: readonly {
    readonly path: string
    readonly message: string
    readonly line?: number
    readonly column?: number
  }[]
  readonly allowed?: readonly string[]
  readonly retryAfterSeconds?: number
  readonly cause?: unknown
}

/** Thrown by a route; the error handler answers with its `problem`. */
export class ProblemError extends Error {
  readonly code: ProblemCode
  readonly problem: Problem
  readonly retryAfterSeconds: number | undefined
  constructor(code: ProblemCode, problem: Problem, extras: ProblemExtras) {
    super(`${code}: ${problem.detail}`, extras.cause === undefined ? undefined : { cause: extras.cause })
    this.code = code
    this.problem = problem
    this.retryAfterSeconds = extras.retryAfterSeconds
  }
}

/** `throw problem('ASSET_UNKNOWN', { asset: 'pump-99' })`; the holes of the detail are checked by the compiler. */
export function problem<Code extends ProblemCode>(
  code: Code,
  values: Values<Code>,
  extras: ProblemExtras = {},
): ProblemError {
  const { status, title, detail } = problemCatalogue[code]
  const filled: Readonly<Record<string, string>> = values
  return new ProblemError(
    code,
    {
      type: typeOf(code),
      title,
      status,
      code,
      detail: detail.replace(/\{(\w+)\}/g, (_, name: string) => filled[name] ?? ''),
      ...(extras.faults === undefined ? {} : { faults: [...extras.faults] }),
      ...(extras.allowed === undefined ? {} : { allowed: [...extras.allowed] }),
    },
    extras,
  )
}

/** RFC 9457 asks for a URI; a URN needs no page behind it to stay true. */
export function typeOf(code: ProblemCode): string {
  return `urn:lengthsman:problem:${code.toLowerCase().replaceAll('_', '-')}`
}
