export type { Alert } from './alerting.ts'
export { type ScoreOptions, scoreRecording } from './recording-report.ts'
export type { Judgement } from './score-recording.ts'
export { alertsCsv, writeAlerts, writeNabResults } from './write-alerts.ts'
