import { availableParallelism } from 'node:os'
import type { AssetId, DurationMs, Instant } from '../../city/index.ts'
import type { ReadingStore } from '../../ingest/index.ts'
import type { RuleRegistry } from '../engine/watch-list.ts'
import { type Rule, sensorFault } from '../rule.ts'
import type { Bout } from './bout.ts'
import { type Ended, FoldThread } from './fold-thread.ts'
import { stretches } from './stretches.ts'
import { type TaskGroup, taskGroups } from './tasks.ts'

/*
 * Who takes part: the main thread lists what is to be judged (tasks), reads one sensor's readings after the other from
 * the store in columns, and hands them to threads of their own (two at most), which fold the rules over them and give back the bouts.
 * Nothing is kept: what is broken off leaves nothing behind.
 */

/** Before the span everything is judged for so long already, so that a rule which learns or waits knows what it would have known. */
export const warmUpMs: DurationMs = 14 * 86_400_000

export type BacktestWanted = {
  readonly rules: readonly Rule[]
  /** All rules in force: those about the sensors decide what is believed of them, unless they are tried themselves. */
  readonly inForce?: readonly Rule[]
  readonly from: Instant
  readonly to: Instant
  /** Of these assets only; of all when absent. */
  readonly assets?: readonly AssetId[] | undefined
  /** Only the tickets count: bouts of one ticket are one, without words. */
  readonly isBrief?: boolean
}

export type BacktestSurroundings = {
  readonly store: ReadingStore
  readonly registry: RuleRegistry
  readonly signal?: AbortSignal | undefined
  /** Told a few times a second. */
  readonly onProgress?: ((progress: BacktestProgress) => void) | undefined
}

export type BacktestProgress = {
  /** From 0 to 1. */
  readonly done: number
  readonly readings: number
  readonly bouts: number
}

/** A rule that could not be made ready for an asset, or threw on a reading. */
export type RuleTrouble = { readonly rule: number; readonly asset: AssetId; readonly error: string }

/** How long a rule's assets were seen, together: what counts are divided by. */
export type Observed = { readonly assets: number; readonly assetMs: DurationMs }

export type BacktestOutcome = {
  readonly bouts: readonly Bout[]
  /** Bouts beyond the first 500 of a rule on an asset: counted, not listed. */
  readonly unlisted: number
  readonly troubles: readonly RuleTrouble[]
  /** By place of the rule. */
  readonly observed: readonly Observed[]
  readonly readings: number
  readonly tookMs: DurationMs
}

const progressEveryMs = 250
/** For fewer a second thread takes longer to start than it saves. */
const groupsForTwo = 16

function startThreads(wanted: BacktestWanted, groups: number, ended: (ended: Ended) => void): readonly FoldThread[] {
  const { rules, from, to, isBrief = false } = wanted
  const count = groups < groupsForTwo ? 1 : Math.min(2, availableParallelism())
  const start = { rules, guards: guardsIn(wanted), from, to, isBrief }
  return Array.from({ length: count }, () => new FoldThread(start, ended))
}

/**
 * Judges rules over stored readings, with the folds that judge them live.
 * @throws the signal's reason when it was broken off, and StoreUnavailable
 */
export async function runBacktest(
  wanted: BacktestWanted,
  { store, registry, signal, onProgress }: BacktestSurroundings,
): Promise<BacktestOutcome> {
  const begunAt = performance.now()
  const { rules, from, to } = wanted
  const groups = taskGroups(rules, registry, wanted.assets && new Set(wanted.assets))
  const gathered = new Gathered(rules.length)
  const threads = startThreads(wanted, groups.length, (ended) => gathered.add(ended))
  const breakOff = () => {
    for (const thread of threads) thread.breakOff(new Error('the trial was broken off'))
  }
  signal?.addEventListener('abort', breakOff)
  let toldAt = begunAt
  try {
    for (const [index, group] of groups.entries()) {
      const thread = threads[index % threads.length] as FoldThread
      thread.begin(group.tasks, group.isJoint)
      for await (const { inputs, through } of stretches(store, spanOf(group, wanted))) {
        signal?.throwIfAborted()
        gathered.readings += inputs.reduce((sum, { stamps }) => sum + stamps.length, 0)
        await thread.take(inputs, through)
        const now = performance.now()
        if (now - toldAt < progressEveryMs) continue
        toldAt = now
        const share = (through - from + warmUpMs) / (to - from + warmUpMs)
        onProgress?.(gathered.progress((index + share) / groups.length))
      }
      thread.end()
    }
    await Promise.all(threads.map((thread) => thread.done()))
    signal?.throwIfAborted()
    onProgress?.(gathered.progress(1))
    return gathered.outcome(performance.now() - begunAt)
  } catch (error) {
    signal?.throwIfAborted()
    throw error
  } finally {
    signal?.removeEventListener('abort', breakOff)
    await Promise.all(threads.map((thread) => thread.close()))
  }
}

function guardsIn({ rules, inForce }: BacktestWanted): readonly Rule[] {
  const tried = new Set(rules.map(({ id }) => id))
  return (inForce ?? []).filter(({ id, failureMode }) => failureMode === sensorFault && !tried.has(id))
}

function spanOf({ inputs, withDelays }: TaskGroup, { from, to }: BacktestWanted) {
  return {
    sensors: inputs.map(({ id }) => id),
    from: from - warmUpMs,
    to,
    withDelays,
    expectedIntervalMs: Math.min(...inputs.map(({ quantity }) => quantity.expectedIntervalMs)),
  }
}

/** What has come back from the thread. */
class Gathered {
  readonly #bouts: Bout[] = []
  readonly #troubles: RuleTrouble[] = []
  readonly #observed: { assets: number; assetMs: DurationMs }[]
  #unlisted = 0
  readings = 0

  constructor(rules: number) {
    this.#observed = Array.from({ length: rules }, () => ({ assets: 0, assetMs: 0 }))
  }

  add({ outcomes, firstAt, lastAt }: Ended): void {
    for (const { rule, asset, bouts, unlisted, error } of outcomes) {
      this.#bouts.push(...bouts)
      this.#unlisted += unlisted
      if (error !== undefined) this.#troubles.push({ rule, asset, error })
      const observed = this.#observed[rule]
      if (observed === undefined || firstAt === undefined || lastAt === undefined) continue
      observed.assets++
      observed.assetMs += lastAt - firstAt
    }
  }

  progress(done: number): BacktestProgress {
    return { done: Math.min(1, done), readings: this.readings, bouts: this.#bouts.length + this.#unlisted }
  }

  outcome(tookMs: DurationMs): BacktestOutcome {
    const bouts = this.#bouts.sort((one, other) => one.firedAt - other.firedAt || (one.asset < other.asset ? -1 : 1))
    const [unlisted, troubles, observed] = [this.#unlisted, this.#troubles, this.#observed]
    return { bouts, unlisted, troubles, observed, readings: this.readings, tookMs: Math.round(tookMs) }
  }
}
