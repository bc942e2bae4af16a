import { readFileSync } from 'node:fs'
import { type ModelContent, type ModelOutcome, readModel } from '../../detection/life/index.ts'

/** By the hash of their content: a class of a thousand pumps shares one. */
const known = new Map<string, ModelContent>()

/** Reads a model file; what was read before is not kept from changing. */
export function openModel(path: string): ModelOutcome {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    return { kind: 'fault', message: `cannot be read: ${(error as Error).message}` }
  }
  const outcome = readModel(text)
  if (outcome.kind === 'read') known.set(outcome.hash, outcome.content)
  return outcome
}

/**
 * The model that a rule was read with.
 * @throws when the file holds another by now: the rule's version names the one it was read with
 */
export function modelOf({ path, hash }: { readonly path: string; readonly hash: string }): ModelContent {
  const content = known.get(hash)
  if (content !== undefined) return content
  const outcome = openModel(path)
  if (outcome.kind === 'fault') throw new Error(`${path}: ${outcome.message}`)
  if (outcome.hash !== hash)
    throw new Error(`${path} holds another model than when the rule was read: read the rules again`)
  return outcome.content
}
