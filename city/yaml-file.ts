import { readFileSync } from 'node:fs'
import { isMap, isPair, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument } from 'yaml'
import type { z } from 'zod'
import { type FileFault, FileFaults } from './fault.ts'
import { didYouMean } from './nearest-name.ts'

export type YamlPath = readonly PropertyKey[]

/** A YAML file that somebody wrote, with what it says and where it says it. */
export type YamlFile = {
  readonly file: string
  readonly data: unknown
  /** A fault at the entry of this path, or at the nearest one above it that is there. */
  fault(path: YamlPath, message: string): FileFault
  /** The faults that zod found below `path`, in the words of this file. */
  faultsOf(error: z.ZodError, path: YamlPath): FileFault[]
}

/** The file's text; a file that is not there or cannot be read is a fault like any other. */
export function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const why = code === 'ENOENT' ? 'there is no such file' : `the file cannot be read (${message})`
    throw new FileFaults([{ file, message: why }])
  }
}

/** Reads YAML 1.2; every syntax error is a fault. What the entries must look like is for the caller's schema to say. */
export function readYaml(file: string, text = readText(file)): YamlFile {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  if (document.errors.length > 0)
    throw new FileFaults(
      document.errors.map((error) => {
        const { line, col } = lines.linePos(error.pos[0])
        return { file, line, column: col, message: error.message }
      }),
    )
  const data: unknown = document.toJS()
  const fault = (path: YamlPath, message: string): FileFault => {
    const offset = offsetOf(document.contents, path)
    if (offset === undefined) return { file, line: 1, column: 1, message }
    const { line, col } = lines.linePos(offset)
    return { file, line, column: col, message }
  }
  return {
    file,
    data,
    fault,
    faultsOf: (error, path) =>
      error.issues.flatMap((issue) => issueFaults(issue, [...path, ...issue.path], data, fault)),
  }
}

/** Where the entry begins: a mapping's entry at its key, a list's at the item. */
function offsetOf(root: Node | null, path: YamlPath): number | undefined {
  let node: unknown = root
  let offset = root?.range?.[0]
  for (const step of path) {
    if (isMap(node)) {
      const pair: Pair | undefined = node.items.find((item) => isScalar(item.key) && item.key.value === step)
      if (!isPair(pair) || !isScalar(pair.key)) break
      offset = pair.key.range?.[0] ?? offset
      node = pair.value
    } else if (isSeq(node)) {
      const item = node.items[Number(step)] as Node | undefined
      if (item === undefined) break
      offset = item.range?.[0] ?? offset
      node = item
    } else break
  }
  return offset
}

function issueFaults(issue: z.core.$ZodIssue, path: YamlPath, data: unknown, fault: YamlFile['fault']): FileFault[] {
  const subject = subjectOf(data, path)
  if (issue.code === 'unrecognized_keys') {
    // `mapping` lists the keys that it knows as its message.
    const known = issue.message.split(', ')
    return issue.keys.map((key) =>
      fault(
        [...path, key],
        `${subject.whose}${subject.field === '' ? '' : `${subject.field}: `}unknown key "${key}"${didYouMean(key, known) || `: expected one of ${issue.message}`}`,
      ),
    )
  }
  const value = valueAt(data, path)
  const what = value === undefined ? `${subject.field} is missing` : `${subject.field} ${quoted(value)}`.trim()
  return [fault(path, `${subject.whose}${what}: expected ${issue.message}`)]
}

const singular: Readonly<Record<string, string>> = {
  assets: 'asset',
  crews: 'crew',
  classes: 'class',
  quantities: 'quantity',
  'failure modes': 'failure mode',
}

/** `asset "pump-07": ` and what of it is meant: `place latitude`. */
function subjectOf(data: unknown, path: YamlPath): { readonly whose: string; readonly field: string } {
  let whose = ''
  let field: string[] = []
  let at: unknown = data
  for (const [depth, step] of path.entries()) {
    const list = String(path[depth - 1] ?? '')
    at = (at as Record<PropertyKey, unknown> | undefined | null)?.[step]
    if (typeof step !== 'number') field.push(String(step))
    else if (typeof at === 'object' && at !== null && singular[list] !== undefined) {
      const { id } = at as { id?: unknown }
      whose += `${singular[list]} ${typeof id === 'string' ? `"${id}"` : step + 1}: `
      field = []
    }
  }
  return { whose, field: field.join(' ') }
}

function valueAt(data: unknown, path: YamlPath): unknown {
  let at = data
  for (const step of path) {
    if (typeof at !== 'object' || at === null) return at
    at = (at as Record<PropertyKey, unknown>)[step]
  }
  return at
}

// Enough to recognise what was written without printing a whole mapping.
const quotedLengthMax = 60

function quoted(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return String(value)
  const text = JSON.stringify(value)
  return text.length > quotedLengthMax ? `${text.slice(0, quotedLengthMax)}…` : text
}
