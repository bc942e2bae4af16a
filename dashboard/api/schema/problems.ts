import { z } from 'zod'

/** RFC 9457 with a stable `code`; `faults` where a form or file has several. */
export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  code: z.string(),
  detail: z.string(),
  faults: z
    .array(
      z.object({
        path: z.string(),
        message: z.string(),
        /** Of a text, from 1. */
        line: z.number().int().optional(),
        column: z.number().int().optional(),
      }),
    )
    .optional(),
  /** For a refused ticket move: what is possible now. */
  allowed: z.array(z.string()).optional(),
})
export type Problem = z.infer<typeof problem>

/** What InfluxDB's clients expect to be told by `POST /api/v2/write`. */
export const lineProblem = z.object({
  code: z.string(),
  message: z.string(),
  /** The first line that was dropped, from 1. */
  line: z.number().int().optional(),
})
