import { resolve } from 'node:path'
import { defineConfig } from 'vite'

/** The pages: built to `dist/pages`, served by the dashboard. In development the API is the program on its usual port. */
const apiOrigin = process.env['LENGTHSMAN_API'] ?? 'http://127.0.0.1:8080'

export default defineConfig({
  root: resolve(import.meta.dirname, 'dashboard/pages'),
  base: '/',
  build: {
    outDir: resolve(import.meta.dirname, 'dist/pages'),
    emptyOutDir: true,
    target: 'es2022',
    // The content security policy allows no data: fonts or scripts, so nothing is inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
  },
  server: { port: 5173, proxy: { '/api': apiOrigin, '/health': apiOrigin, '/metrics': apiOrigin } },
})
