import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from '@jest/globals'

const root = resolve(import.meta.dirname, '..')
const folders = ['city', 'broker', 'ingest', 'rules', 'tickets', 'dashboard', 'simulators', 'commands']

function sourcesBelow(folder: string): string[] {
  return readdirSync(folder).flatMap((entry) => {
    const path = join(folder, entry)
    if (statSync(path).isDirectory()) return entry === 'pages' ? [] : sourcesBelow(path)
    return path.endsWith('.ts') ? [path] : []
  })
}

describe('docs/errors.md', () => {
  test('lists every code that a person or program can meet', () => {
    const documented = readFileSync(join(root, 'docs/errors.md'), 'utf8')
    const codes = folders.flatMap((folder) =>
      sourcesBelow(join(root, folder)).flatMap((file) => {
        const text = readFileSync(file, 'utf8')
        const refusals = text.matchAll(/Refusal\(\s*'([A-Z_]+)'/g)
        const named = text.matchAll(/code(?::| =) '([A-Z]+_[A-Z_]+)'/g)
        const catalogue = file.endsWith('problems.ts') ? text.matchAll(/^ {2}([A-Z_]+): \{/gm) : []
        return [...refusals, ...named, ...catalogue].map((match) => match[1] ?? '')
      }),
    )
    const missing = [...new Set(codes)].filter((code) => !documented.includes(`\`${code}\``))
    expect(codes.length).toBeGreaterThan(40)
    expect(missing).toEqual([])
  })
})

describe('what is committed', () => {
  test('has a clean licence file and no leftovers of unfinished work', () => {
    const marked = folders.flatMap((folder) =>
      sourcesBelow(join(root, folder)).filter((file) => /\b(TODO|FIXME|XXX)\b/.test(readFileSync(file, 'utf8'))),
    )
    expect(marked).toEqual([])
    expect(readFileSync(join(root, 'LICENSE'), 'utf8')).toContain('Apache License')
  })
})
