import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { describe, expect, test } from '@jest/globals'

const root = resolve(import.meta.dirname, '..')

/** Who may import whom (ARCHITECTURE.md). `ingest/wire` is the one room that another folder may enter by a door of its own. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  city: [],
  broker: ['city', 'ingest/wire'],
  ingest: ['city'],
  rules: ['city', 'ingest'],
  tickets: ['city', 'rules'],
  dashboard: ['city', 'ingest', 'rules', 'tickets'],
  simulators: ['city', 'ingest/wire'],
}

function sourcesBelow(folder: string): string[] {
  return readdirSync(folder).flatMap((entry) => {
    const path = join(folder, entry)
    if (statSync(path).isDirectory()) return sourcesBelow(path)
    return /\.tsx?$/.test(entry) ? [path] : []
  })
}

function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8')
  const found = [
    ...text.matchAll(/(?:^|\n)\s*(?:import|export)\b[^'"\n]*?(?:\{[^}]*\}[^'"\n]*?)?from\s+['"]([^'"]+)['"]/g),
  ]
  const bare = [...text.matchAll(/import\s*\(?\s*['"]([^'"]+)['"]/g)]
  return [...found, ...bare].map((match) => match[1] ?? '').filter((specifier) => specifier.startsWith('.'))
}

const folders = Object.keys(mayImport)

describe('the import table', () => {
  test.each(folders)('%s imports only what the table allows, and only through the face', (folder) => {
    const wrong: string[] = []
    for (const file of sourcesBelow(join(root, folder))) {
      for (const specifier of importsOf(file)) {
        const target = relative(root, resolve(dirname(file), specifier))
          .split(sep)
          .join('/')
        const [targetFolder = ''] = target.split('/')
        if (targetFolder === folder) continue
        const allowed = (mayImport[folder] ?? []).some((other) => target === `${other}/index.ts`)
        if (!allowed) wrong.push(`${relative(root, file)} imports ${target}`)
      }
    }
    expect(wrong).toEqual([])
  })

  test('no folder has a junk drawer', () => {
    const names = folders.flatMap((folder) => sourcesBelow(join(root, folder)).map((file) => relative(root, file)))
    expect(names.filter((name) => /(^|\/)(utils?|common|helpers?|misc)(\/|\.)/.test(name))).toEqual([])
  })
})
