import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { Refusal } from '../../city/index.ts'
import { readSeries } from './read-series.ts'
import type { Layout, RecordedSeries, Recording } from './recording.ts'

const layouts = 'series/<asset>__<quantity>.csv, or data/<category>/<file>.csv as NAB has it'

/**
 * Reads a folder of recorded series, whichever of the two layouts it has. Labels are read elsewhere, after detection.
 *
 * @throws Refusal SCORE_FOLDER_INVALID when there is no series in it
 */
export function readRecording(folder: string): Recording {
  const layout = layoutOf(folder)
  const places = layout === 'unified' ? unifiedFiles(folder) : nabFiles(folder)
  const series: RecordedSeries[] = []
  const unreadable: { file: string; message: string }[] = []
  for (const place of places) {
    try {
      const found = readSeries(readFileSync(join(folder, place.file), 'utf8'), place)
      if (found.order.length > 0) series.push(found)
      else unreadable.push({ file: place.file, message: 'no row with a time and a value' })
    } catch (error) {
      unreadable.push({ file: place.file, message: (error as Error).message })
    }
  }
  if (series.length > 0) return { folder, layout, series, unreadable }
  const first = unreadable[0] === undefined ? '' : ` (${unreadable[0].file}: ${unreadable[0].message})`
  throw new Refusal('SCORE_FOLDER_INVALID', `${folder}: no series in it${first}: expected ${layouts}`)
}

function layoutOf(folder: string): Layout {
  if (isFolder(join(folder, 'series'))) return 'unified'
  if (isFolder(join(folder, 'data'))) return 'nab'
  const what = existsSync(folder) ? 'neither series/ nor data/ in it' : 'no such folder'
  throw new Refusal(
    'SCORE_FOLDER_INVALID',
    `${folder}: ${what}: expected ${layouts}; a table of runs to failure is for lengthsman learn`,
  )
}

type SeriesPlace = { readonly file: string; readonly asset: string; readonly quantity: string }

function unifiedFiles(folder: string): SeriesPlace[] {
  return csvIn(join(folder, 'series')).map((name) => {
    const stem = name.slice(0, -'.csv'.length)
    const split = stem.indexOf('__')
    const [asset, quantity] = split === -1 ? [stem, 'value'] : [stem.slice(0, split), stem.slice(split + 2)]
    return { file: `series/${name}`, asset, quantity }
  })
}

/** In NAB every file is a thing of its own, measured once; what is measured is not said. */
function nabFiles(folder: string): SeriesPlace[] {
  const data = join(folder, 'data')
  const loose = csvIn(data).map((name) => ({ file: `data/${name}`, asset: basename(name, '.csv'), quantity: 'value' }))
  const categories = readdirSync(data).filter((name) => isFolder(join(data, name)))
  const sorted = categories.sort().flatMap((category) =>
    csvIn(join(data, category)).map((name) => ({
      file: `data/${category}/${name}`,
      asset: `${category}/${basename(name, '.csv')}`,
      quantity: 'value',
    })),
  )
  return [...loose, ...sorted]
}

function csvIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.toLowerCase().endsWith('.csv'))
    .sort()
}

function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory()
}
