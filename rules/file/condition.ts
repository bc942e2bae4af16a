import { z } from 'zod'
import { didYouMean, type QuantityDefinition } from '../../city/index.ts'
import type { Kind, ReadAround } from '../kinds/kind.ts'
import { kinds } from '../kinds/kinds.ts'
import type { Condition } from '../rule.ts'
import type { When } from './rule-file.ts'
import type { YamlFile, YamlPath } from './yaml-places.ts'
import { faultsOf } from './zod-faults.ts'

/** A `when` whose kind is known and whose keys have the right form; what they mean depends on the quantity. */
export type ReadyWhen = { readonly kind: Kind; readonly when: Readonly<Record<string, unknown>> }

/** Where faults of a `when` are reported. */
export type WhenPlace = {
  readonly file: YamlFile
  readonly place: YamlPath
  /** A fault at a place below `when`. */
  say(path: YamlPath, message: string): void
  /** A fault that zod found. */
  faults(found: ReturnType<typeof faultsOf>): void
}

const kindKeys = kinds.flatMap((kind) => kind.keys)
const allKeys = [...new Set(['quantity', ...kinds.flatMap((kind) => [...kind.keys, ...kind.companions])])]

/** Finds the kind that a `when` names, and checks the form of its keys; `undefined` when something was said against it. */
export function readWhen(when: When, { file, place, say, faults }: WhenPlace): ReadyWhen | undefined {
  const unknown = Object.keys(when).filter((key) => !allKeys.includes(key))
  faults(
    unknown.map((key) => file.keyFault([...place, 'when'], key, `unknown key "${key}"${didYouMean(key, allKeys)}`)),
  )
  const named = kindKeys.filter((key) => when[key] !== undefined)
  if (named.length === 0) {
    if (unknown.length === 0) say([], `no condition: expected one of ${kindKeys.join(', ')}`)
    return undefined
  }
  // `formula` with `above` is a formula: the kind that knows all the keys.
  const kind = kinds.find(
    ({ keys, companions }) =>
      named.filter((key) => keys.includes(key)).length === 1 &&
      named.every((key) => keys.includes(key) || companions.includes(key)),
  )
  const key = kind?.keys.find((each) => named.includes(each))
  if (kind === undefined || key === undefined) {
    say([named[1] ?? ''], `"${named.join('" and "')}" in one rule: expected only one of them; write two rules`)
    return undefined
  }
  const own: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(when)) {
    if (name === 'quantity' || unknown.includes(name)) continue
    if (name === key || kind.companions.includes(name)) own[name] = value
    else say([name], `"${name}" means nothing with "${key}"`)
  }
  const schema = z.object(kind.shape)
  const parsed = schema.safeParse(own)
  if (!parsed.success) {
    faults(faultsOf(file, [...place, 'when'], parsed.error, schema))
    return undefined
  }
  return { kind, when: parsed.data }
}

/** The condition a `when` means for its quantities; `undefined` when something was said against it. */
export function readCondition(
  { kind, when }: ReadyWhen,
  quantities: readonly [QuantityDefinition, ...QuantityDefinition[]],
  say: (path: YamlPath, message: string) => void,
  around: ReadAround,
): Condition | undefined {
  // Each kind gives conditions of its own, and `Condition` is the union of them all.
  return kind.read(when, quantities, say, around) as Condition | undefined
}
