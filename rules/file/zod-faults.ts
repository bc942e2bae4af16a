import type { z } from 'zod'
import { didYouMean, type FileFault } from '../../city/index.ts'
import type { YamlFile, YamlPath } from './yaml-places.ts'

/** What zod found, in our words and at its line. `schema` is only asked for the keys it knows. */
export function faultsOf(file: YamlFile, place: YamlPath, error: z.ZodError, schema: z.ZodObject): FileFault[] {
  return error.issues.flatMap((issue) => toFaults(file, [...place], issue, schema))
}

function toFaults(file: YamlFile, place: PropertyKey[], issue: z.core.$ZodIssue, schema: z.ZodObject): FileFault[] {
  const path = [...place, ...issue.path]
  const field = issue.path.filter((part) => typeof part === 'string').join(' / ')
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => {
      const hint = didYouMean(key, keysAt(schema, issue.path))
      return file.keyFault(path, key, `unknown key "${key}"${hint}`)
    })
  // A union says only "none fits"; the branch that came furthest knows what was wrong inside it.
  if (issue.code === 'invalid_union') {
    const deeper = issue.errors.flat().filter((inner) => inner.path.length > 0 || inner.code === 'unrecognized_keys')
    if (deeper.length > 0)
      return deeper.flatMap((inner) =>
        toFaults(file, place, { ...inner, path: [...issue.path, ...inner.path] }, schema),
      )
  }
  return [file.fault(path, field === '' ? issue.message : `${field}: ${issue.message}`)]
}

function keysAt(schema: z.ZodObject, path: readonly PropertyKey[]): string[] {
  let held: z.core.$ZodType = schema
  for (const part of path) {
    if (typeof part === 'string' && 'shape' in held) held = (held as z.ZodObject).shape[part] ?? held
  }
  if ('shape' in held) return Object.keys((held as z.ZodObject).shape)
  return ['warning', 'action']
}
