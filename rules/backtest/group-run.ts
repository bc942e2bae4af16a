import type { Instant } from '../../city/index.ts'
import { inOrder, momentOf, type PackedReadings } from '../../ingest/index.ts'
import { guardedJoint, messageOf } from '../engine/sensor-plan.ts'
import { silenceWatch } from '../engine/silence.ts'
import { compileRule, isJoint } from '../kinds/kinds.ts'
import { type Rule, sensorFault } from '../rule.ts'
import { BoutBook } from './bout-book.ts'
import { FoldRun } from './fold-run.ts'
import type { FromThread, Start, Task, TaskOutcome } from './messages.ts'
import { SilenceRun } from './silence-run.ts'

type Run = { readonly task: Task; readonly run: FoldRun | SilenceRun; readonly isGuard: boolean }
type Ended = Extract<FromThread, { kind: 'ended' }>

/** All rules on the same sensors of one asset: the readings are put in order once for them all. */
export class GroupRun {
  readonly #runs: Run[] = []
  /** Rules in force about the sensor itself, which are not tried but decide what the others believe. */
  readonly #guards: FoldRun[] = []
  readonly #failed: TaskOutcome[] = []
  readonly #start: Start
  readonly #isJoint: boolean
  #readings = 0
  #firstAt: Instant | undefined
  #lastAt: Instant | undefined

  constructor(start: Start, tasks: readonly Task[], joint: boolean) {
    this.#start = start
    this.#isJoint = joint
    for (const task of tasks) {
      const rule = start.rules[task.rule]
      if (rule === undefined) continue
      try {
        this.#runs.push({ task, run: runOf(rule, task, start), isGuard: !joint && isAboutSensor(rule) })
      } catch (error) {
        this.#failed.push(outcomeOf(task, [], 0, messageOf(error)))
      }
    }
    if (!joint && this.#runs.some(({ isGuard, run }) => !isGuard && run instanceof FoldRun)) this.#guard(start, tasks)
  }

  #guard(start: Start, tasks: readonly Task[]): void {
    const [task] = tasks
    const about = task && start.rules[task.rule]
    if (task === undefined || about === undefined) return
    const place = { rule: -1, asset: task.asset, sensor: task.sensor }
    for (const rule of start.guards) {
      if (rule.class !== about.class || rule.condition.quantity !== task.facts.quantity.id || isJoint(rule)) continue
      const fold = compiled(rule, task)
      if (fold === undefined) continue
      const book = new BoutBook(rule, task.facts.quantity, place, { from: start.to, isBrief: true })
      this.#guards.push(new FoldRun(fold, book))
    }
  }

  take(inputs: readonly PackedReadings[], through: Instant): void {
    const ordered = inputs.map(inOrder)
    const [first] = ordered
    if (first === undefined) return
    this.#count(first)
    // What the rules about the sensor find holds for the others at the same reading: they go first.
    const areGuards = this.#guards.length > 0 || this.#runs.some(({ isGuard }) => isGuard)
    const doubted = areGuards ? new Uint8Array(first.stamps.length) : undefined
    for (const guard of this.#guards) guard.take(first, doubted, true)
    for (const { run, isGuard } of [...this.#runs].sort((one, other) => Number(other.isGuard) - Number(one.isGuard))) {
      if (run instanceof SilenceRun) run.take(first, through)
      else if (this.#isJoint) run.takeJoint(ordered)
      else run.take(first, doubted, isGuard)
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

function isAboutSensor({ failureMode }: Rule): boolean {
  return failureMode === sensorFault
}

/** A guard that cannot be made ready guards nothing, as live. */
function compiled(rule: Rule, task: Task) {
  try {
    return compileRule(rule, task.facts)
  } catch {
    return undefined
  }
}

function runOf(rule: Rule, task: Task, start: Start): FoldRun | SilenceRun {
  const { from, to, isBrief } = start
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
  return new FoldRun(isJoint(rule) ? guardedJoint(fold, task.facts, guardsOf(task, start)) : fold, book)
}

/** Of each input of a joint rule, the rules about the sensor itself: those that are tried, and those in force. */
function guardsOf({ facts, classes }: Task, { rules, guards }: Start): readonly (readonly Rule[])[] {
  const about = [...rules, ...guards].filter((rule) => isAboutSensor(rule) && !isJoint(rule))
  return facts.inputs.map(({ id }, input) =>
    about.filter((rule) => rule.class === classes[input] && rule.condition.quantity === id),
  )
}

function outcomeOf(
  { rule, asset, sensor }: Task,
  bouts: TaskOutcome['bouts'],
  unlisted: number,
  error: string | undefined,
): TaskOutcome {
  return { rule, asset, sensor, bouts, unlisted, error }
}
