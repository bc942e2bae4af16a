import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import type { DurationMs } from '../../city/index.ts'
import { duration } from '../kinds/shapes.ts'

/** What is physically possible; outside it the instrument is in trouble. */
export type Possible = { readonly min: number; readonly max: number }

/** How series of a kind are judged: data, the same for every folder. */
export type SeriesClass = {
  readonly id: string
  readonly title: string
  readonly surprise: number
  readonly jump: boolean
  readonly range: boolean
  readonly agree: number
  readonly withinMs: DurationMs
  readonly quietMs: DurationMs
  readonly quantities: readonly { readonly names: readonly RegExp[]; readonly possible: Possible | undefined }[]
}

export type SeriesClasses = {
  readonly errorCodes: readonly number[]
  /** The last one is for what the others do not know. */
  readonly classes: readonly [SeriesClass, ...SeriesClass[]]
}

const name = z
  .string()
  .transform((pattern) => new RegExp(`^${pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`, 'i'))

const classEntry = z
  .strictObject({
    id: z.string(),
    title: z.string(),
    surprise: z.number().positive(),
    jump: z.boolean(),
    range: z.boolean(),
    agree: z.int().positive(),
    within: duration.optional(),
    quiet: duration,
    quantities: z.array(
      z.strictObject({ names: z.array(name), possible: z.tuple([z.number(), z.number()]).optional() }),
    ),
  })
  .transform(({ within, quiet, quantities, ...entry }) => ({
    ...entry,
    withinMs: within ?? 0,
    quietMs: quiet,
    quantities: quantities.map(({ names, possible }) => ({
      names,
      possible: possible === undefined ? undefined : { min: possible[0], max: possible[1] },
    })),
  }))

const file = z.strictObject({
  'error codes': z.array(z.number()),
  classes: z.tuple([classEntry], classEntry),
})

let shipped: SeriesClasses | undefined

/** The classes that ship. */
export function seriesClasses(): SeriesClasses {
  if (shipped === undefined) {
    const text = readFileSync(join(import.meta.dirname, 'classes', 'series-classes.yaml'), 'utf8')
    const { 'error codes': errorCodes, classes } = file.parse(parse(text))
    shipped = { errorCodes, classes }
  }
  return shipped
}

// A class that knows less than half of what is measured knows something else.
const knownShareMin = 0.5

/** The class that knows most of what is measured at an asset, the earlier of two that know as much. */
export function classOf(quantities: readonly string[], { classes }: SeriesClasses): SeriesClass {
  let best = classes[classes.length - 1] ?? classes[0]
  let most = 0
  for (const each of classes) {
    const share = quantities.filter((quantity) => entryOf(each, quantity) !== undefined).length / quantities.length
    if (share >= knownShareMin && share > most) [best, most] = [each, share]
  }
  return best
}

export function possibleOf(seriesClass: SeriesClass, quantity: string): Possible | undefined {
  return entryOf(seriesClass, quantity)?.possible
}

function entryOf({ quantities }: SeriesClass, quantity: string) {
  return quantities.find(({ names }) => names.some((each) => each.test(quantity)))
}
