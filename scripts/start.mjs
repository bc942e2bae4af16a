/** `npm start`: installs what is missing, builds what is stale, starts the whole program. */
import { pathToFileURL } from 'node:url'
import { buildIfNeeded, installIfNeeded, requireNode, root } from './fresh.mjs'

requireNode()
installIfNeeded()
buildIfNeeded()

process.argv = [process.execPath, `${root}/dist/lengthsman.js`, 'up', ...process.argv.slice(2)]
await import(pathToFileURL(`${root}/dist/lengthsman.js`).href)
