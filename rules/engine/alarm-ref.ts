import type { Rule } from '../rule.ts'
import { alarmIdOf } from './describe.ts'
import type { SensorWatch, Standing } from './sensor-watch.ts'
import type { SilenceWatch } from './silence.ts'
import { inactive } from './slots.ts'
import type { WatchList } from './watch-list.ts'

/** One alarm within a sensor's watch: a rule that judges readings, a silence, or a rule that cannot be judged. */
export type AlarmRef = {
  readonly rule: Rule
  readonly watch: SensorWatch
  readonly standing: Standing
  readonly error: string | undefined
}

const nothing: Standing = { state: inactive, level: 0, since: 0, startedAt: Number.NaN, measured: Number.NaN }

export function foldRef(watch: SensorWatch, fold: number): AlarmRef | undefined {
  const rule = watch.plan.folds[fold]?.rule
  return rule && { rule, watch, standing: watch.standing(fold), error: watch.errors.get(fold) }
}

export function silenceRef(watch: SensorWatch, silence: SilenceWatch): AlarmRef {
  const { rule, state, level, since, startedAt, measuredMs } = silence
  return { rule, watch, standing: { state, level, since, startedAt, measured: measuredMs }, error: undefined }
}

export function* refsOf(watch: SensorWatch): Generator<AlarmRef> {
  for (const fold of watch.plan.folds.keys()) {
    const ref = foldRef(watch, fold)
    if (ref !== undefined) yield ref
  }
  for (const silence of watch.silences) yield silenceRef(watch, silence)
  for (const { rule, error } of watch.plan.failures) yield { rule, watch, standing: nothing, error }
}

export function findRef(list: WatchList, id: string): AlarmRef | undefined {
  const asset = id.slice(id.indexOf('@') + 1)
  for (const watch of list.watchesOf(asset))
    for (const ref of refsOf(watch)) if (alarmIdOf(ref.rule.id, asset) === id) return ref
  return undefined
}
