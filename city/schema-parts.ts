import { z } from 'zod'
import { parseDuration } from './instant.ts'
import { isName } from './sensor.ts'
import { isUnitCode } from './ucum.ts'

// In these schemas an error message is the end of the sentence "expected …"; `YamlFile.faultsOf` writes the rest.

/** A mapping with exactly these keys. */
export function mapping<Shape extends z.ZodRawShape>(shape: Shape) {
  const keys = Object.keys(shape).join(', ')
  return z.strictObject(shape, { error: (issue) => (issue.code === 'unrecognized_keys' ? keys : 'a mapping') })
}

/** One item or a list of them: `fed by: pump-01` and `fed by: [pump-01, pump-02]`. */
export function oneOrMany<Item extends z.ZodType>(item: Item, expected: string) {
  return z.preprocess((value) => (typeof value === 'string' ? [value] : value), z.array(item, expected))
}

export const text = z.string({ error: 'text' }).trim().min(1, 'text').max(500, 'at most 500 characters')

export const name = z
  .string({ error: 'lower-case letters, digits and single hyphens, at most 64' })
  .refine(isName, 'lower-case letters, digits and single hyphens, at most 64')

export const names = z.array(name, 'a list of names')

export const criticality = z.literal([1, 2, 3, 4, 5], 'a whole number from 1 to 5')

export const latitude = z
  .number('degrees from -90 to 90')
  .min(-90, 'degrees from -90 to 90')
  .max(90, 'degrees from -90 to 90')

export const longitude = z
  .number('degrees from -180 to 180')
  .min(-180, 'degrees from -180 to 180')
  .max(180, 'degrees from -180 to 180')

/** A day (`2011-05-01`) or a moment, as milliseconds since 1970. */
export const date = z.string('a date such as 2011-05-01').transform((value, context) => {
  const at = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2}))?$/.test(value)
    ? Date.parse(value)
    : Number.NaN
  // Date.parse turns 2011-02-30 into March.
  const real = Number.isFinite(at) && (value.length > 10 || new Date(at).toISOString().startsWith(value))
  if (!real) context.addIssue({ code: 'custom', message: 'a date such as 2011-05-01' })
  return at
})

export const duration = z.string('a duration such as 90s, 10m or 1h30m').transform((value, context) => {
  const ms = parseDuration(value)
  if (ms === undefined || ms <= 0) context.addIssue({ code: 'custom', message: 'a duration such as 90s, 10m or 1h30m' })
  return ms ?? 0
})

export const unit = z
  .string('a UCUM unit code such as mm/s, Cel or m3/h')
  .refine(isUnitCode, 'a UCUM unit code such as mm/s, Cel or m3/h')

export const range = z
  .tuple([z.number('a number'), z.number('a number')], 'two numbers, the lower first: [0, 50]')
  .refine(([min, max]) => min < max, 'two numbers, the lower first: [0, 50]')
  .transform(([min, max]) => ({ min, max }))

/** IANA name that this Node knows. */
export const timeZone = z.string('a time zone such as Europe/Vienna').refine((zone) => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
    return true
  } catch {
    return false
  }
}, 'a time zone such as Europe/Vienna')
