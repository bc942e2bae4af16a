import { isUtf8 } from 'node:buffer'
import { readFileSync } from 'node:fs'
import { isMap, isPair, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument } from 'yaml'
import type { z } from 'zod'
import { type FileFault, FileFaults } from './fault.ts'
import { entryFaults, type FilePath } from './schema-faults.ts'

/** A YAML file that somebody wrote, with what it says and where it says it. */
export type YamlFile = {
  readonly file: string
  readonly data: unknown
  /** A fault at the entry of this path, or at the nearest one above it that is there. */
  fault(path: FilePath, message: string): FileFault
  /** The faults that zod found below `path`, in the words of this file. */
  faultsOf(error: z.ZodError, path: FilePath): FileFault[]
}

/** The file's text; a file that is not there, cannot be read, or is not UTF-8 is a fault like any other. */
export function readText(file: string): string {
  const bytes = readBytes(file)
  if (isUtf8(bytes)) return bytes.toString('utf8')
  // Decoded all the same, an umlaut would be lost for good.
  const lines = bytes.toString('latin1').split('\n')
  const line = lines.findIndex((text) => !isUtf8(Buffer.from(text, 'latin1'))) + 1
  const message = 'the file is not UTF-8: save it as UTF-8 (in a spreadsheet: "CSV UTF-8")'
  throw new FileFaults([{ file, line, message }])
}

function readBytes(file: string): Buffer {
  try {
    return readFileSync(file)
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
  const data = toData(file, () => document.toJS())
  const fault = (path: FilePath, message: string): FileFault => {
    const offset = offsetOf(document.contents, path)
    if (offset === undefined) return { file, line: 1, column: 1, message }
    const { line, col } = lines.linePos(offset)
    return { file, line, column: col, message }
  }
  return {
    file,
    data,
    fault,
    faultsOf: (error, path) => entryFaults(error, data, path).map((found) => fault(found.path, found.message)),
  }
}

/** Aliases that unfold into millions of entries are stopped by the parser's own limit. */
function toData(file: string, read: () => unknown): unknown {
  try {
    return read()
  } catch (error) {
    throw new FileFaults([{ file, message: (error as Error).message }])
  }
}

/** Where the entry begins: a mapping's entry at its key, a list's at the item. */
function offsetOf(root: Node | null, path: FilePath): number | undefined {
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
