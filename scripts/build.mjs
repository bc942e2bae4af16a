/** Server by tsc, pages by Vite, and the data files that the server reads beside its own code. */
import { cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root, run } from './fresh.mjs'

const dist = join(root, 'dist')
mkdirSync(dist, { recursive: true })

run(process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', 'tsconfig.build.json'])
run(process.execPath, [join(root, 'node_modules', 'vite', 'bin', 'vite.js'), 'build', '--logLevel', 'warn'])

for (const folder of ['city/library', 'rules/library', 'rules/score/classes']) {
  const target = join(dist, folder)
  mkdirSync(target, { recursive: true })
  for (const file of readdirSync(join(root, folder))) {
    if (/\.ya?ml$/.test(file)) cpSync(join(root, folder, file), join(target, file))
  }
}
writeFileSync(join(dist, '.built'), '')
