import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { Refusal } from '../../city/index.ts'
import type { LabelledEvent } from './recording.ts'

const events = z.array(
  z.object({ asset: z.string(), metric: z.string().nullish(), start: z.number(), end: z.number() }),
)
const windows = z.record(z.string(), z.array(z.tuple([z.string(), z.string()])))
const meta = z.object({ eval_from: z.number().optional() })

/** What people marked in a folder of the unified layout; `undefined` without `events.json`. */
export function readEvents(folder: string): readonly LabelledEvent[] | undefined {
  return readJson(join(folder, 'events.json'), events, 'a list of { asset, metric, start, end }')?.map((event) => ({
    asset: event.asset,
    quantity: event.metric ?? undefined,
    startAt: event.start * 1_000,
    endAt: event.end * 1_000,
  }))
}

/** From when on alerts count, where the folder says so. */
export function readCountedFrom(folder: string): number | undefined {
  const from = readJson(join(folder, 'meta.json'), meta, 'an object, eval_from a number')?.eval_from
  return from === undefined ? undefined : from * 1_000
}

/** NAB's windows by file (`category/file.csv`), as pairs of written times; `undefined` without labels. */
export function readWindows(
  folder: string,
): Readonly<Record<string, readonly (readonly [string, string])[]>> | undefined {
  const file = join(folder, 'labels', 'combined_windows.json')
  return readJson(file, windows, 'windows by file: { "category/file.csv": [[from, to], …] }')
}

function readJson<T>(file: string, shape: z.ZodType<T>, what: string): T | undefined {
  if (!existsSync(file)) return undefined
  let found: unknown
  try {
    found = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new Refusal('SCORE_LABELS_INVALID', `${file}: ${(error as Error).message}`, error)
  }
  const parsed = shape.safeParse(found)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const place = issue === undefined || issue.path.length === 0 ? '' : ` at ${issue.path.join('.')}`
  throw new Refusal('SCORE_LABELS_INVALID', `${file}${place}: expected ${what}`, parsed.error)
}
