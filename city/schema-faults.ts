import type { z } from 'zod'
import { didYouMean } from './nearest-name.ts'

export type FilePath = readonly PropertyKey[]

/** Something wrong at one entry of a file, in words that quote what is there and say what was expected. */
export type EntryFault = { readonly path: FilePath; readonly message: string }

/** What zod found in `data` below `path`. The schemas' messages are the end of "expected …" (schema-parts.ts). */
export function entryFaults(error: z.ZodError, data: unknown, path: FilePath = []): EntryFault[] {
  return error.issues.flatMap((issue) => issueFaults(issue, [...path, ...issue.path], data))
}

function issueFaults(issue: z.core.$ZodIssue, path: FilePath, data: unknown): EntryFault[] {
  const { whose, field } = subjectOf(data, path)
  if (issue.code === 'unrecognized_keys') {
    // `mapping` gives the keys that it knows as its message.
    const known = issue.message.split(', ')
    const where = field === '' ? whose : `${whose}${field}: `
    return issue.keys.map((key) => ({
      path: [...path, key],
      message: `${where}unknown key "${key}"${didYouMean(key, known) || `: expected one of ${issue.message}`}`,
    }))
  }
  const value = valueAt(data, path)
  const subject = field !== '' ? field : whose === '' ? 'the file' : 'it'
  const what =
    value === undefined
      ? `${subject} is missing`
      : value === null && path.length === 0
        ? `${subject} is empty`
        : `${subject} ${quoted(value)}`
  return [{ path, message: `${whose}${what}: expected ${issue.message}` }]
}

const singular: Readonly<Record<string, string>> = {
  assets: 'asset',
  crews: 'crew',
  classes: 'class',
  quantities: 'quantity',
  'failure modes': 'failure mode',
  sources: 'source',
}

/** `asset "pump-07": ` and what of it is meant: `place latitude`. */
function subjectOf(data: unknown, path: FilePath): { readonly whose: string; readonly field: string } {
  let whose = ''
  let field: string[] = []
  let at: unknown = data
  for (const [depth, step] of path.entries()) {
    const entry = singular[String(path[depth - 1] ?? '')]
    at = memberOf(at, step)
    if (typeof step !== 'number') field.push(String(step))
    else if (entry !== undefined && (depth < path.length - 1 || isObject(at))) {
      const id = memberOf(at, 'id') ?? memberOf(at, 'source')
      whose += `${entry} ${typeof id === 'string' ? `"${id}"` : step + 1}: `
      field = []
    }
  }
  return { whose, field: field.join(' ') }
}

function valueAt(data: unknown, path: FilePath): unknown {
  let at = data
  for (const step of path) {
    // `fed by: pump-1` is read as a list of one; what stands there is the text itself.
    if (!isObject(at)) return at
    at = memberOf(at, step)
  }
  return at
}

function memberOf(value: unknown, key: PropertyKey): unknown {
  return isObject(value) ? (value as Record<PropertyKey, unknown>)[key] : undefined
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null
}

// Enough to recognise what was written without printing a whole mapping.
const quotedLengthMax = 60

function quoted(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > quotedLengthMax ? `${text.slice(0, quotedLengthMax)}…` : text
}

/** An entry that was read, with its faults; `value` is there although something is wrong, so that the rest can be checked. */
export type ReadEntry<Value> = { readonly value?: Value; readonly error?: z.ZodError }

/**
 * Reads an entry. One with faults is read once more with the faulty fields left out or replaced by `harmless` ones: a wrong
 * criticality must not keep a wrong class from being reported in the same go.
 */
export function readEntry<Schema extends z.ZodType>(
  schema: Schema,
  entry: unknown,
  harmless: Readonly<Record<string, unknown>>,
): ReadEntry<z.output<Schema>> {
  const parsed = schema.safeParse(entry)
  if (parsed.success) return { value: parsed.data }
  if (!isObject(entry)) return { error: parsed.error }
  const faulty = new Set(
    parsed.error.issues.flatMap((issue) =>
      issue.code === 'unrecognized_keys' && issue.path.length === 0 ? issue.keys : [String(issue.path[0])],
    ),
  )
  const sound = Object.entries(entry as object).filter(([key]) => !faulty.has(key))
  const mended = schema.safeParse({ ...harmless, ...Object.fromEntries(sound) })
  return mended.success ? { value: mended.data, error: parsed.error } : { error: parsed.error }
}
