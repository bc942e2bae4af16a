import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The folder that holds package.json: one above the sources, two above the built program. */
export const rootFolder = findRoot(import.meta.dirname)

export const programVersion = (
  JSON.parse(readFileSync(join(rootFolder, 'package.json'), 'utf8')) as { version: string }
).version

function findRoot(folder: string): string {
  const parent = dirname(folder)
  const isRoot =
    existsSync(join(parent, 'package-lock.json')) ||
    (existsSync(join(parent, 'bin')) && existsSync(join(parent, 'package.json')))
  return isRoot || parent === folder ? parent : findRoot(parent)
}
