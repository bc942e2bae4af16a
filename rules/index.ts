export * from './alarm.ts'
export { AlarmBook, type Book } from './alarm-book.ts'
export * from './backtest/index.ts'
export * from './budget/index.ts'
export {
  type Case,
  type CaseExpectation,
  type CaseFailure,
  type CaseReading,
  type CaseResult,
  type Proof,
  proofs,
} from './cases/case.ts'
export { testRules } from './cases/test-rules.ts'
export * from './detection/life/index.ts'
export { standingReason } from './engine/describe.ts'
export { RuleEngine, type RuleEngineOptions, type SensorLimit } from './engine/engine.ts'
export { allowedLatenessMs } from './engine/history.ts'
export type { JudgingStats } from './engine/judging.ts'
export { awakeBoundsFor } from './engine/rest/awake-bounds.ts'
export type { RuleRegistry } from './engine/watch-list.ts'
export { libraryRuleFiles, readRuleFiles } from './file/read-rule-files.ts'
export { forgetfulBook } from './forgetful-book.ts'
export { drawnLimits, isBeyondLimit } from './kinds/kinds.ts'
export * from './rule.ts'
export * from './saved/index.ts'
export * from './score/index.ts'
export * from './situation/incident.ts'
export { type IncidentListener, Incidents } from './situation/incidents.ts'
export * from './situation/service-window.ts'
export type { ServiceWindows, WindowDraft } from './situation/service-windows.ts'
export { ruleMigrations } from './tables.ts'
export { durationText, limitText, unitText, valueText } from './wording/units.ts'
