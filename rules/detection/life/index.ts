export type { Figures as LifeFigures } from './figures.ts'
export { constantMeanName, type Learnt, learnLife, runsMin } from './learning.ts'
export { type ModelContent, type ModelOutcome, modelFormat, modelText, modelVersion, readModel } from './model-file.ts'
export { type RunTable, readRunTable, type TableTime, tellingQuantities, withQuantities } from './run-table.ts'
