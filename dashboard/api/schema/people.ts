import { z } from 'zod'
import { iso } from './terms.ts'

export const roles = ['admin', 'engineer', 'crew', 'viewer'] as const
export type Role = (typeof roles)[number]

/** What an API token may be: a role, or `reporter`, which can only send readings. */
export const principals = [...roles, 'reporter'] as const
export type Principal = (typeof principals)[number]

export const credentials = z.object({ user: z.string().min(1).max(64), password: z.string().min(1).max(256) })

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
export type Session = z.infer<typeof session>

export const userView = z.object({
  user: z.string(),
  name: z.string(),
  role: z.enum(roles),
  crew: z.string().nullable(),
  createdAt: iso,
})
export type UserView = z.infer<typeof userView>

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
export type TokenView = z.infer<typeof tokenView>

export const tokenDraft = z.object({ title: z.string().min(1).max(200), role: z.enum(principals) })

/** The token is shown this once; only its hash is kept. Send it as `Authorization: Bearer …`. */
export const tokenCreated = tokenView.extend({ token: z.string() })
