/** `npm run dev`: the server restarts on change (tsx), the pages reload (Vite, http://localhost:5173, API proxied). */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { installIfNeeded, requireNode, root } from './fresh.mjs'

requireNode()
installIfNeeded()

const server = [join(root, 'node_modules', 'tsx', 'dist', 'cli.mjs'), 'watch', 'lengthsman.ts', 'up']
const pages = [join(root, 'node_modules', 'vite', 'bin', 'vite.js')]
const children = [server, pages].map((words) => spawn(process.execPath, words, { cwd: root, stdio: 'inherit' }))
const stopAll = () => {
  for (const child of children) child.kill('SIGTERM')
}
process.on('SIGINT', stopAll)
process.on('SIGTERM', stopAll)
for (const child of children) child.on('exit', stopAll)
