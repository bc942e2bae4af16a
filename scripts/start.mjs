/**
 * `npm start`: installs what is missing, builds what is stale, starts the whole program. Package.json and bin/lengthsman give
 * V8 a young generation of 32 MB: readings live for one batch, and are then cleared away without ever being moved.
 */
import { pathToFileURL } from 'node:url'
import { buildIfNeeded, installIfNeeded, requireNode, root } from './fresh.mjs'

requireNode()
installIfNeeded()
buildIfNeeded()

process.argv = [process.execPath, `${root}/dist/lengthsman.js`, 'up', ...process.argv.slice(2)]
await import(pathToFileURL(`${root}/dist/lengthsman.js`).href)
