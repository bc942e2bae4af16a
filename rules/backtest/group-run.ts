import type { Instant } from '../../city/index.ts'
import { inOrder, momentOf, type PackedReadings } from '../../ingest/index.ts'
import type { CompiledRule } from '../engine/compiled-rule.ts'
import { messageOf } from '../engine/sensor-plan.ts'
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
  /** Of each input, rules about the sensor itself that are not tried here but decide what the others believe. */
  #guards: readonly (readonly FoldRun[])[] = []
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
    const [first] = tasks
    const needsGuards = joint || this.#runs.some(({ isGuard, run }) => !isGuard && run instanceof FoldRun)
    if (first !== undefined && needsGuards) this.#guards = guardsOf(first, start, joint)
  }

  take(inputs: readonly PackedReadings[], through: Instant): void {
    const ordered = inputs.map(inOrder)
    const [first] = ordered
    if (first === undefined) return
    this.#count(first)
    // What the rules about a sensor find holds for the others at the same reading: they go first.
    const doubted = ordered.map((readings, input) => this.#doubtsOf(readings, input))
    for (const { run, isGuard } of [...this.#runs].sort((one, other) => Number(other.isGuard) - Number(one.isGuard))) {
      if (run instanceof SilenceRun) run.take(first, through)
      else if (this.#isJoint) run.takeJoint(ordered, doubted)
      else run.take(first, doubted[0], isGuard)
    }
  }

  #doubtsOf(readings: PackedReadings, input: number): Uint8Array | undefined {
    const guards = this.#guards[input] ?? []
    if (guards.length === 0 && !this.#runs.some(({ isGuard }) => isGuard)) return undefined
    const doubted = new Uint8Array(readings.stamps.length)
    for (const guard of guards) guard.take(readings, doubted, true)
    return doubted
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
  return new FoldRun(fold, book)
}

/** Of each input, the rules about the sensor itself. Those that are tried on it in this group are not there twice. */
function guardsOf(task: Task, { rules, guards, to }: Start, joint: boolean): readonly (readonly FoldRun[])[] {
  const about = (joint ? [...rules, ...guards] : guards).filter((rule) => isAboutSensor(rule) && !isJoint(rule))
  return task.facts.inputs.map((quantity, input) =>
    about
      .filter((rule) => rule.class === task.classes[input] && rule.condition.quantity === quantity.id)
      .flatMap((rule) => {
        const fold = compiled(rule, { ...task.facts, quantity, inputs: [quantity] })
        const place = { rule: -1, asset: task.asset, sensor: task.sensor }
        return fold === undefined
          ? []
          : new FoldRun(fold, new BoutBook(rule, quantity, place, { from: to, isBrief: true }))
      }),
  )
}

/** A guard that cannot be made ready guards nothing, as live. */
function compiled(rule: Rule, facts: Task['facts']): CompiledRule | undefined {
  try {
    return compileRule(rule, facts)
  } catch {
    return undefined
  }
}

function outcomeOf(
  { rule, asset, sensor }: Task,
  bouts: TaskOutcome['bouts'],
  unlisted: number,
  error: string | undefined,
): TaskOutcome {
  return { rule, asset, sensor, bouts, unlisted, error }
}
