import type { Instant } from '../../city/index.ts'
import { inOrder, type PackedReadings } from '../../ingest/index.ts'
import type { CompiledRule } from '../engine/compiled-rule.ts'
import { messageOf } from '../engine/sensor-plan.ts'
import { silenceWatch } from '../engine/silence.ts'
import { compileRule, isJoint } from '../kinds/kinds.ts'
import { type Rule, sensorFault } from '../rule.ts'
import { BoutBook } from './bout-book.ts'
import { FoldRun } from './fold-run.ts'
import type { FromThread, Start, Task, TaskOutcome } from './messages.ts'
import { doubting, type Rows, rowsOf } from './rows.ts'
import { SilenceRun } from './silence-run.ts'

type Run = { readonly task: Task; readonly run: FoldRun | SilenceRun; readonly isGuard: boolean }
const noRows = new Float64Array(0)

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
    const [first] = inputs
    if (first === undefined) return
    const rows = inputs.map(rowsOf)
    this.#count(rows[0]?.ats ?? noRows)
    // What the rules about a sensor find holds for the others at the same reading: they go first.
    const believed = rows.map((each, input) => this.#doubt(each, input))
    for (const { run, isGuard } of this.#runs)
      if (run instanceof SilenceRun) run.take(inOrder(first), through)
      else if (this.#isJoint) run.takeJoint(believed)
      else if (!isGuard && believed[0] !== undefined) run.take(believed[0])
  }

  #doubt(rows: Rows, input: number): Rows {
    const tried = this.#runs.flatMap(({ run, isGuard }) => (isGuard && run instanceof FoldRun ? run : []))
    const guards = [...(this.#guards[input] ?? []), ...tried]
    if (guards.length === 0) return rows
    const doubted = new Uint8Array(rows.ats.length)
    for (const guard of guards) guard.take(rows, doubted)
    return doubted.includes(1) ? doubting(rows, doubted) : rows
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

  #count(ats: Float64Array): void {
    this.#readings += ats.length
    this.#firstAt ??= ats[0]
    this.#lastAt = ats[ats.length - 1] ?? this.#lastAt
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
