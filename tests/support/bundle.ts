import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll } from '@jest/globals'

const root = resolve(import.meta.dirname, '..', '..')

const program = `
  const { build } = await import('vite')
  const [entry, outDir] = process.argv.slice(1)
  // Packages too, all but those with a binary: looking for their files takes a third of the start.
  const ssr = { noExternal: true, external: ['@duckdb/node-api', '@duckdb/node-bindings', 'libsql', 'pino'] }
  await build({ configFile: false, logLevel: 'error', ssr, build: { ssr: entry, outDir, emptyOutDir: false, target: 'node20' } })
`

/**
 * One JavaScript file of a program in `tests/support`, for tests that start it again and again: translating TypeScript at
 * every start costs two seconds of processor time. Stands below node_modules, so that packages with a binary are found from it.
 */
export async function bundleProgram(name: string): Promise<string> {
  const caches = join(root, 'node_modules', '.cache')
  mkdirSync(caches, { recursive: true })
  const folder = mkdtempSync(join(caches, 'lengthsman-test-'))
  bundled.push(folder)
  const entry = join(root, 'tests', 'support', name)
  await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program, entry, folder], { cwd: root })
  return join(folder, basename(name).replace(/\.ts$/, '.js'))
}

const bundled: string[] = []
afterAll(() => {
  for (const folder of bundled) rmSync(folder, { recursive: true, force: true })
})
