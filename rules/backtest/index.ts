export {
  type BacktestOutcome,
  type BacktestProgress,
  type BacktestWanted,
  type Observed,
  type RuleTrouble,
  runBacktest,
  warmUpMs,
} from './backtest.ts'
export type { Bout } from './bout.ts'
export { boutsListedMax } from './bout-book.ts'
export { type Comparison, compare, type RaisedTicket, type WouldBeTicket } from './comparison.ts'
