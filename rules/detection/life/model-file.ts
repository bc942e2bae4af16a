import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Figures } from './figures.ts'
import type { LifeModel } from './life-model.ts'

/** The file that `lengthsman learn` writes and a rule of kind "remaining life" reads. */
export const modelFormat = 'lengthsman remaining life'
/** Raised whenever an older program would misread the file. */
export const modelVersion = 1

const figures = z.strictObject({
  rmseAllMoments: z.number(),
  rmseOneMoment: z.number(),
  rmseOneMomentCapped: z.number(),
  phm08: z.number(),
  useful: z.number(),
  late: z.number(),
  premature: z.number(),
  medianLead: z.number().optional(),
  prognosis: z.strictObject({ horizon: z.number(), alphaLambda: z.number(), relativeAccuracy: z.number() }).optional(),
})

const validation = z.strictObject({
  /** Cross-validation over whole runs, so many folds. */
  folds: z.number(),
  seed: z.number(),
  /** A ticket at `raiseAt`; less than `act` before the failure is late, more than `horizon` premature. */
  aims: z.strictObject({ raiseAt: z.number(), act: z.number(), horizon: z.number() }),
  /** The chosen way of telling first. */
  judgements: z.array(z.strictObject({ name: z.string(), figures })).min(1),
  /** Of the 80 % interval. */
  coverage: z.number(),
  midLife: figures,
})

const numbers = z.array(z.number())

const model = z
  .strictObject({
    quantities: z.array(z.string()).min(1),
    spans: z.array(z.number().positive()).min(1),
    cap: z.number().positive(),
    settledAfter: z.number(),
    life: z.strictObject({
      mean: numbers,
      deviation: numbers,
      directions: z.array(numbers),
      phases: numbers,
      weights: numbers,
      bias: z.number(),
    }),
    errors: z.array(z.strictObject({ upTo: z.number(), low: z.number(), high: z.number() })).min(1),
  })
  .refine(({ quantities, spans, life: { mean, deviation, directions, phases, weights } }) => {
    const width = quantities.length * spans.length
    const fits = mean.length === width && deviation.length === width && phases.length === directions.length
    return fits && weights.length === width + directions.length && directions.every(({ length }) => length === width)
  }, 'its parts do not fit each other')

const learntFrom = z.strictObject({
  file: z.string(),
  /** SHA-256 of the table. */
  sha256: z.string(),
  runs: z.number(),
  rows: z.number(),
})

const content = z.strictObject({
  format: z.literal(modelFormat),
  version: z.literal(modelVersion),
  learntFrom,
  /** What one unit of time is: its name, and its length where it has one. */
  time: z.strictObject({ name: z.string(), ms: z.number().positive().optional() }),
  validation,
  model,
})

/** All that a model file says, but for its hash. */
export type ModelContent = Omit<z.output<typeof content>, 'model' | 'validation'> & {
  readonly model: LifeModel
  readonly validation: Omit<z.output<typeof validation>, 'judgements' | 'midLife'> & {
    readonly judgements: readonly { readonly name: string; readonly figures: Figures }[]
    readonly midLife: Figures
  }
}

export type ModelOutcome =
  | { readonly kind: 'read'; readonly content: ModelContent; readonly hash: string }
  | { readonly kind: 'fault'; readonly message: string }

/** The same content gives the same text: a model that is learnt again can be compared byte by byte. */
export function modelText(written: ModelContent): string {
  const { model: learnt, ...rest } = written
  const hash = hashOf(written)
  // The numbers of the model are for machines; what it was learnt from and how good it is should be read by people.
  const head = JSON.stringify({ ...rest, hash }, null, 2).slice(0, -2)
  return `${head},\n  "model": ${JSON.stringify(learnt)}\n}\n`
}

/** Reads a model file and refuses one that is not whole, or that another version of the program wrote. */
export function readModel(text: string): ModelOutcome {
  const fault = (message: string): ModelOutcome => ({ kind: 'fault', message })
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    return fault(`not a model file, or cut off: ${(error as Error).message}`)
  }
  const head = z.looseObject({ format: z.string(), version: z.number(), hash: z.string() }).safeParse(value)
  if (!head.success || head.data.format !== modelFormat)
    return fault(`not a model of remaining life: expected a file written by "lengthsman learn"`)
  if (head.data.version !== modelVersion)
    return fault(`format version ${head.data.version}: this program reads ${modelVersion}; learn the model again`)
  const { hash, ...rest } = head.data
  const checked = content.safeParse(rest)
  if (!checked.success) {
    const [issue] = checked.error.issues
    return fault(`damaged at ${issue?.path.join('.') || 'the top'}: ${issue?.message ?? 'not as it was written'}`)
  }
  const found = hashOf(checked.data as ModelContent)
  if (found !== hash)
    return fault(
      `damaged or changed by hand: its content has the hash ${found.slice(0, 12)}, it says ${hash.slice(0, 12)}`,
    )
  return { kind: 'read', content: checked.data as ModelContent, hash }
}

function hashOf(written: ModelContent): string {
  return createHash('sha256').update(canonical(written)).digest('hex')
}

/** JSON with sorted keys and without what is undefined. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const entries = Object.entries(value).filter(([, held]) => held !== undefined)
  entries.sort(([left], [right]) => (left < right ? -1 : 1))
  return `{${entries.map(([key, held]) => `${JSON.stringify(key)}:${canonical(held)}`).join(',')}}`
}
