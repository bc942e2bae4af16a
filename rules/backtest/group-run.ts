import type { Instant } from '../../city/index.ts'
import { inOrder, momentOf, type PackedReadings } from '../../ingest/index.ts'
import { messageOf } from '../engine/sensor-plan.ts'
import { silenceWatch } from '../engine/silence.ts'
import { compileRule } from '../kinds/kinds.ts'
import type { Rule } from '../rule.ts'
import { BoutBook } from './bout-book.ts'
import { FoldRun } from './fold-run.ts'
import type { FromThread, Start, Task, TaskOutcome } from './messages.ts'
import { SilenceRun } from './silence-run.ts'

type Run = { readonly task: Task; readonly run: FoldRun | SilenceRun }
type Ended = Extract<FromThread, { kind: 'ended' }>

/** All rules on the same sensors of one asset: the readings are put in order once for them all. */
export class GroupRun {
  readonly #runs: Run[] = []
  readonly #failed: TaskOutcome[] = []
  readonly #start: Start
  readonly #isJoint: boolean
  #readings = 0
  #firstAt: Instant | undefined
  #lastAt: Instant | undefined

  constructor(start: Start, tasks: readonly Task[], isJoint: boolean) {
    this.#start = start
    this.#isJoint = isJoint
    for (const task of tasks) {
      const rule = start.rules[task.rule]
      if (rule === undefined) continue
      try {
        this.#runs.push({ task, run: runOf(rule, task, start) })
      } catch (error) {
        this.#failed.push(outcomeOf(task, [], 0, messageOf(error)))
      }
    }
  }

  take(inputs: readonly PackedReadings[], through: Instant): void {
    const ordered = inputs.map(inOrder)
    const [first] = ordered
    if (first === undefined) return
    this.#count(first)
    for (const { run } of this.#runs) {
      if (run instanceof SilenceRun) run.take(first, through)
      else if (this.#isJoint) run.takeJoint(ordered)
      else run.take(first)
    }
  }

  end(): Ended {
    const outcomes = this.#runs.map(({ task, run }) => {
      if (run instanceof SilenceRun) run.end()
      run.book.end()
      return outcomeOf(task, run.book.bouts, run.book.unlisted, run.error)
    })
    const { from, to } = this.#start
    const within = (at: Instant | undefined) => (at === undefined ? undefined : Math.min(to, Math.max(from, at)))
    return {
      kind: 'ended',
      outcomes: [...outcomes, ...this.#failed],
      readings: this.#readings,
      firstAt: within(this.#firstAt),
      lastAt: within(this.#lastAt),
    }
  }

  #count({ stamps }: PackedReadings): void {
    if (stamps.length === 0) return
    this.#readings += stamps.length
    this.#firstAt ??= momentOf(stamps[0] as number)
    this.#lastAt = momentOf(stamps[stamps.length - 1] as number)
  }
}

function runOf(rule: Rule, task: Task, { from, to, isBrief }: Start): FoldRun | SilenceRun {
  const { quantity } = task.facts
  const book = new BoutBook(
    rule,
    quantity,
    { rule: task.rule, asset: task.asset, sensor: task.sensor },
    { from, isBrief },
  )
  const silence = silenceWatch(rule, quantity.expectedIntervalMs)
  if (silence !== undefined) return new SilenceRun(silence, book, to)
  const fold = compileRule(rule, task.facts)
  if (fold === undefined) throw new Error('only the clock can judge this rule; readings alone do not tell')
  return new FoldRun(fold, book)
}

function outcomeOf(
  { rule, asset, sensor }: Task,
  bouts: TaskOutcome['bouts'],
  unlisted: number,
  error: string | undefined,
): TaskOutcome {
  return { rule, asset, sensor, bouts, unlisted, error }
}
