/** What `npm start` and `npm test` need before the program can run: the packages and the build. No dependency of its own. */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')

const sourceFolders = ['city', 'broker', 'ingest', 'rules', 'tickets', 'dashboard', 'simulators', 'commands', 'scripts']
const sourceFiles = ['lengthsman.ts', 'package.json', 'tsconfig.json', 'tsconfig.build.json', 'vite.config.ts']

/** Node 20.19 is the first that Vite and `import.meta.dirname` both accept. */
export function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 19)) return
  fail(`Lengthsman needs Node 20.19 or newer; this is ${process.versions.node}. Get one from https://nodejs.org`)
}

/** Installs when there are no packages, or when the lock file is newer than what was installed. */
export function installIfNeeded() {
  const installed = join(root, 'node_modules', '.package-lock.json')
  const stale = !existsSync(installed) || modifiedAt(join(root, 'package-lock.json')) > modifiedAt(installed)
  if (!stale) return
  say('Installing packages (first start only) …')
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'])
}

/** Builds when any source is newer than the last build. */
export function buildIfNeeded() {
  const stamp = join(root, 'dist', '.built')
  const newest = Math.max(
    ...sourceFiles.map((file) => modifiedAt(join(root, file))),
    ...sourceFolders.map((folder) => newestBelow(join(root, folder))),
  )
  if (existsSync(stamp) && modifiedAt(stamp) >= newest) return
  say('Building …')
  run(process.execPath, [join(root, 'scripts', 'build.mjs')])
}

/** Runs to its end with our own terminal; a failure ends us too. */
export function run(command, words, options = {}) {
  const onWindows = process.platform === 'win32'
  const { status, error } = spawnSync(command, words, { cwd: root, stdio: 'inherit', shell: onWindows, ...options })
  if (error) fail(`cannot run ${command}: ${error.message}`)
  if (status !== 0) process.exit(status ?? 1)
}

export function say(text) {
  process.stdout.write(`${text}\n`)
}

function fail(text) {
  process.stderr.write(`${text}\n`)
  process.exit(1)
}

function modifiedAt(path) {
  return existsSync(path) ? statSync(path).mtimeMs : 0
}

function newestBelow(folder) {
  if (!existsSync(folder)) return 0
  let newest = 0
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    newest = Math.max(newest, entry.isDirectory() ? newestBelow(path) : modifiedAt(path))
  }
  return newest
}
