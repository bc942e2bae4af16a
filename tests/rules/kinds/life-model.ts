import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ModelContent, modelText } from '../../../rules/index.ts'
import { temporaryFolder } from '../../support/files.ts'

const figures = {
  rmseAllMoments: 5,
  rmseOneMoment: 6,
  rmseOneMomentCapped: 5,
  phm08: 100,
  useful: 1,
  late: 0,
  premature: 0,
  medianLead: 20,
}

/** A model by hand: of a cap of 100 hours, ten are left for each degree of the bearing below 80. */
export function handMadeModel(changes: Partial<ModelContent> = {}): ModelContent {
  return {
    format: 'lengthsman remaining life',
    version: 1,
    learntFrom: { file: 'pumps.csv', sha256: 'f'.repeat(64), runs: 12, rows: 2_400 },
    time: { name: 'hour', ms: 3_600_000 },
    validation: {
      folds: 5,
      seed: 1,
      aims: { raiseAt: 30, act: 10, horizon: 60 },
      judgements: [{ name: 'ridge', figures }],
      coverage: 0.8,
      midLife: figures,
    },
    model: {
      quantities: ['power', 'bearing-temperature'],
      spans: [3],
      cap: 100,
      settledAfter: 6,
      life: {
        mean: [50, 70],
        deviation: [5, 1],
        directions: [],
        phases: [],
        weights: [0, -10],
        bias: 100,
      },
      errors: [{ upTo: 100, low: -5, high: 8 }],
    },
    ...changes,
  }
}

const folder = temporaryFolder()
let files = 0

/** Its path. */
export function modelFile(text = modelText(handMadeModel())): string {
  files++
  const path = join(folder, `model-${files}.json`)
  writeFileSync(path, text)
  return path
}
