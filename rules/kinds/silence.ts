import { isRhythm, readIntervals, readRhythms } from '../file/amount.ts'
import { type Level, levels } from '../rule.ts'
import { nameOf } from '../wording/change.ts'
import { durationText } from '../wording/units.ts'
import { defineKind } from './kind.ts'
import { checkOrder, readLevels } from './levels.ts'
import { limits } from './shapes.ts'

/** Deadman: nothing heard for so many of the sensor's expected intervals, or of its own rhythm. */
export type SilenceCondition = {
  readonly kind: 'silence'
  readonly quantity: string
  readonly intervals: { readonly [level in Level]?: number | undefined }
  /** The intervals are those that the sensor keeps, which are learnt: some speak only when something changes. */
  readonly isOwnRhythm?: true
}

/** One missing reading is radio, not silence. */
const silentIntervalsMin = 2

const shape = { 'silent for': limits.optional() }

export const silenceKind = defineKind<SilenceCondition, typeof shape>({
  kind: 'silence',
  keys: ['silent for'],
  companions: [],
  shape,
  read(when, [quantity], say) {
    const written = when['silent for']
    const isOwn = [written?.warning, written?.action].map((text) => text !== undefined && isRhythm(text))
    const isOwnRhythm = isOwn.includes(true)
    if (isOwnRhythm && written?.warning !== undefined && written.action !== undefined && isOwn.includes(false))
      say(['silent for'], 'intervals and rhythms in one rule: expected the same for both levels')
    const intervals = readLevels('silent for', written, isOwnRhythm ? readRhythms : readIntervals, say)
    if (intervals === undefined) return undefined
    for (const level of levels)
      if ((intervals[level] ?? silentIntervalsMin) < silentIntervalsMin)
        say(['silent for', level], `${intervals[level]}: expected at least ${silentIntervalsMin} intervals`)
    checkOrder('silent for', intervals, 1, say)
    return { kind: 'silence', quantity: quantity.id, intervals, ...(isOwnRhythm ? { isOwnRhythm } : {}) }
  },
  // No reading tells of silence, only time does: `engine/silence.ts`.
  compile: () => undefined,
  reason(change, condition) {
    const { quantity, measured, rule } = change
    const name = nameOf(quantity)
    if (change.state === 'recovering') return `${name} is heard again`
    if (change.state === 'inactive')
      return rule.recoverMs > 0
        ? `${name} has been heard for ${durationText(rule.recoverMs)}`
        : `${name} is heard again`
    const silent = measured === undefined ? 'some time' : durationText(measured)
    if (condition.isOwnRhythm) return `no reading of ${name} for ${silent}, which is long for its own rhythm`
    return `no reading of ${name} for ${silent}; expected every ${durationText(quantity.expectedIntervalMs)}`
  },
  limitOf(condition, level, quantity) {
    const intervals = condition.intervals[level]
    return intervals === undefined ? undefined : intervals * quantity.expectedIntervalMs
  },
})
