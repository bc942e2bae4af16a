import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** Written whole or not at all: a reader never sees half a file, whatever happens to the writer. */
export function writeWhole(path: string, value: unknown): void {
  mkdirSync(dirname(path), { recursive: true })
  const temporary = `${path}.new`
  writeFileSync(temporary, JSON.stringify(value))
  renameSync(temporary, path)
}

/** The JSON of a file; nothing when there is none, or when it is not JSON. */
export function readWhole(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return undefined
  }
}
