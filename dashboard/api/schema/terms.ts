/** What several resources are made of. */
import { z } from 'zod'

export const iso = z.iso.datetime()
export const level = z.enum(['warning', 'action'])

export const place = z.object({ latitude: z.number(), longitude: z.number(), address: z.string().optional() })
