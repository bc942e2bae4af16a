import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { AssetClass } from './asset-class.ts'
import { assetClassFile } from './class-schema.ts'
import { FileFaults } from './fault.ts'
import { readYaml } from './yaml-file.ts'

const folder = join(import.meta.dirname, 'library')
let classes: readonly AssetClass[] | undefined

/** The classes that ship, one file each in `city/library`; a city uses them as they are, changes them or adds its own. */
export function libraryClasses(): readonly AssetClass[] {
  classes ??= readdirSync(folder)
    .filter((entry) => entry.endsWith('.yaml'))
    .sort()
    .map((entry) => readClass(join(folder, entry)))
  return classes
}

function readClass(path: string): AssetClass {
  const file = readYaml(path)
  const parsed = assetClassFile.safeParse(file.data)
  if (!parsed.success) throw new FileFaults(file.faultsOf(parsed.error, []))
  return parsed.data
}
