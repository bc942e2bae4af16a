export { countVerdicts, type Verdict, type VerdictCounts, verdicts } from './verdict.ts'
