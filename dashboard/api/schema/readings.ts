import { z } from 'zod'
import { qualities, sourceNameLengthMax } from '../../../ingest/index.ts'

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
