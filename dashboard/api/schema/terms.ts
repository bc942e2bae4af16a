/** What several resources are made of. */
import { z } from 'zod'

export const iso = z.iso.datetime()
export const level = z.enum(['warning', 'action'])

/** When a limit will be reached: as likely before `at` as after, with 80 % probability between `from` and `to`. */
export const forecast = z.object({ at: iso, from: iso, to: iso.nullable() })

export const place = z.object({ latitude: z.number(), longitude: z.number(), address: z.string().optional() })
