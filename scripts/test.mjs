/** `npm test [-- jest words]`: installs what is missing, builds what is stale (the browser tests open the built pages), runs the tests. */
import { join } from 'node:path'
import { buildIfNeeded, installIfNeeded, requireNode, root, run } from './fresh.mjs'

requireNode()
installIfNeeded()
buildIfNeeded()

run(process.execPath, [
  '--experimental-vm-modules',
  '--no-warnings=ExperimentalWarning',
  join(root, 'node_modules', 'jest', 'bin', 'jest.js'),
  ...process.argv.slice(2),
])
