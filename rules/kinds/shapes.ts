import { z } from 'zod'
import { parseDuration } from '../../city/index.ts'

/** What a value should have been, said the same way for every field: the offending value quoted, then the expectation. */
export function expected(what: string): { error: (issue: { input?: unknown }) => string } {
  return {
    error: ({ input }) => (input === undefined ? `missing: expected ${what}` : `${quote(input)}: expected ${what}`),
  }
}

export function quote(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 80 ? `${text.slice(0, 77)}…` : text
}

/** `10m`, `6h`, `7d`; milliseconds. */
export const duration = z.string(expected('a duration like 10m, 6h or 7d')).transform((text, context) => {
  const durationMs = parseDuration(text)
  if (durationMs !== undefined) return durationMs
  context.addIssue(`${quote(text)}: expected a duration like 10m, 6h or 7d`)
  return z.NEVER
})

/** A number, or a number and its unit; which unit fits is known only with the quantity. */
export const amount = z.union([z.number(), z.string()], expected('a number, or a number with its unit'))

const perLevel = z.strictObject({ warning: amount.optional(), action: amount.optional() })

/** Amounts by level; a bare amount is the warning limit. */
export const limits = z.union(
  [amount.transform((warning) => ({ warning, action: undefined })), perLevel],
  expected('a limit, or { warning: …, action: … }'),
)

/** Limits as they are written, not yet in the unit of the quantity. */
export type WrittenLimits = z.output<typeof limits>
