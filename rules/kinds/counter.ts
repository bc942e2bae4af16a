import { type DurationMs, formatDuration, parseDuration } from '../../city/index.ts'
import { addToSum, type SlidingSum, sumAt, sumSlots } from '../detection/sliding-sum.ts'
import { longestGap } from '../engine/compiled-rule.ts'
import { advance } from '../engine/lifecycle.ts'
import { lifecycleSlots, slot } from '../engine/slots.ts'
import { type Amount, readValue } from '../file/amount.ts'
import { type Limits, levels } from '../rule.ts'
import { nameOf } from '../wording/change.ts'
import { limitedReason } from '../wording/limited.ts'
import { durationText, limitText, numberText, timesText, unitText } from '../wording/units.ts'
import { defineKind, type Say } from './kind.ts'
import { checkOrder, checkWhole, lifecycleOf, readLevels } from './levels.ts'
import { amount, duration, limits } from './shapes.ts'

/**
 * What something did in the last `overMs`, counted. `starts`: how often the value rose above `onAbove`. `runs`: for how
 * long it was above it, in ms. `counts`: by how much a meter went on, through resets and its roll-over.
 */
export type CounterCondition = {
  readonly kind: 'counter'
  readonly quantity: string
  readonly counted: 'starts' | 'runs' | 'counts'
  readonly limits: Limits
  readonly overMs: DurationMs
  readonly onAbove: number
  /** The meter's highest reading; after it comes 0. */
  readonly rollsOverAt?: number
}

const keys = ['starts more often than', 'runs longer than', 'counts more than'] as const
const countedBy = { [keys[0]]: 'starts', [keys[1]]: 'runs', [keys[2]]: 'counts' } as const
const buckets = 24
// A meter that rolls over is seen close to both ends; one that begins anew in the middle was reset.
const rollOverShare = 0.1

const shape = {
  'starts more often than': limits.optional(),
  'runs longer than': limits.optional(),
  'counts more than': limits.optional(),
  over: duration.optional(),
  'on above': amount.optional(),
  'rolls over at': amount.optional(),
}

/** Places after the lifecycle: the reading before and its time; the sums come after them. */
const place = { at: lifecycleSlots, value: lifecycleSlots + 1, sums: lifecycleSlots + 2 } as const

export const counterKind = defineKind<CounterCondition, typeof shape>({
  kind: 'counter',
  keys,
  companions: ['over', 'on above', 'rolls over at'],
  shape,
  read(when, [quantity], say) {
    const key = keys.find((each) => when[each] !== undefined) ?? keys[0]
    const counted = countedBy[key]
    const unit = counted === 'counts' ? quantity.unit : '1'
    const read = counted === 'runs' ? readDuration : (text: number | string) => readValue(text, unit)
    const found = readLevels(key, when[key], read, say)
    if (found !== undefined) checkOrder(key, found, 1, say)
    if (found !== undefined && counted === 'starts') checkWhole(key, found, say)
    for (const level of levels)
      if ((found?.[level] ?? 1) <= 0) say([key, level], `${found?.[level]}: expected more than zero`)
    const overMs = readOver(when.over, quantity.expectedIntervalMs, say)
    const onAbove = readCompanion('on above', when['on above'], quantity.unit, counted !== 'counts', key, say)
    const rollsOverAt = readCompanion('rolls over at', when['rolls over at'], quantity.unit, undefined, key, say)
    if (rollsOverAt !== undefined && rollsOverAt <= 0) say(['rolls over at'], `${rollsOverAt}: expected more than zero`)
    if (counted !== 'counts' && when['rolls over at'] !== undefined)
      say(['rolls over at'], `"rolls over at" means nothing with "${key}"`)
    if (counted === 'counts' && when['on above'] !== undefined)
      say(['on above'], `"on above" means nothing with "${key}"`)
    if (found === undefined || overMs === undefined) return undefined
    for (const level of levels)
      if (counted === 'runs' && (found[level] ?? 0) >= overMs)
        say([key, level], `expected less than the ${formatDuration(overMs)} it is counted over`)
    return {
      kind: 'counter',
      quantity: quantity.id,
      counted,
      limits: found,
      overMs,
      onAbove: onAbove ?? 0,
      ...(rollsOverAt === undefined ? {} : { rollsOverAt }),
    }
  },
  compile(rule, condition, { quantity }) {
    const lifecycle = lifecycleOf(rule, condition.limits, 1, 0, quantity.expectedIntervalMs)
    const sum: SlidingSum = { overMs: condition.overMs, buckets }
    const gapMs = longestGap(0, quantity.expectedIntervalMs)
    const added = adders[condition.counted](condition, gapMs)
    return {
      rule,
      width: place.sums + sumSlots(sum),
      judgesDoubtful: false,
      step(state, offset, at, value) {
        const before = state[offset + place.value] as number
        const passedMs = at - (state[offset + place.at] as number)
        state[offset + place.at] = at
        state[offset + place.value] = value
        const more = Number.isNaN(before) ? 0 : added(before, value, passedMs)
        if (more > 0) addToSum(sum, state, offset + place.sums, at, more)
        const total = sumAt(sum, state, offset + place.sums, at)
        state[offset + slot.measured] = total
        return advance(lifecycle, state, offset, at, total, at)
      },
    }
  },
  reason(change, condition) {
    const name = nameOf(change.quantity)
    const over = durationText(condition.overMs)
    const unit = unitText(change.quantity.unit)
    const text = (value: number) => {
      if (condition.counted === 'runs') return durationText(value)
      return condition.counted === 'starts' ? timesText(value) : limitText(value, change.quantity.unit)
    }
    const verb = { starts: 'started', runs: 'ran', counts: 'went on by' }[condition.counted]
    return limitedReason(change, condition.limits, {
      name,
      subject(measured) {
        const shown = condition.counted === 'counts' ? `${numberText(measured, 0)} ${unit}`.trim() : text(measured)
        return `${name} ${verb} ${shown} in ${over}`
      },
      relation: condition.counted === 'starts' ? 'more often than' : 'more than',
      limit: text,
    })
  },
  limitOf: (condition, level) => condition.limits[level],
})

/** What one reading after another adds. */
const adders: Readonly<
  Record<
    CounterCondition['counted'],
    (condition: CounterCondition, gapMs: DurationMs) => (before: number, value: number, passedMs: DurationMs) => number
  >
> = {
  // Over a hole it may have started and stopped unseen; that it runs now is one start at least.
  starts:
    ({ onAbove }) =>
    (before, value) =>
      before <= onAbove && value > onAbove ? 1 : 0,
  // What nobody saw is not counted as running.
  runs:
    ({ onAbove }, gapMs) =>
    (before, _, passedMs) =>
      before > onAbove ? Math.min(passedMs, gapMs) : 0,
  counts:
    ({ rollsOverAt = Number.POSITIVE_INFINITY }) =>
    (before, value) => {
      if (value >= before) return value - before
      const isRollOver = before > rollsOverAt * (1 - rollOverShare) && value < rollsOverAt * rollOverShare
      // A meter that was exchanged or lost its memory begins at zero.
      return isRollOver ? rollsOverAt - before + value : value
    },
}

function readDuration(written: number | string): Amount<DurationMs> {
  const durationMs = parseDuration(String(written))
  return durationMs === undefined
    ? { kind: 'fault', message: `"${written}": expected a duration like 6h` }
    : { kind: 'read', amount: durationMs }
}

function readOver(overMs: DurationMs | undefined, intervalMs: DurationMs, say: Say): DurationMs | undefined {
  if (overMs === undefined) say([], 'missing "over": expected the time it is counted over, like 1h or 7d')
  else if (overMs < 4 * intervalMs) {
    say(
      ['over'],
      `${formatDuration(overMs)}: expected at least ${formatDuration(4 * intervalMs)}, 4 intervals of the sensor`,
    )
    return undefined
  }
  return overMs
}

/** One more value in the quantity's unit, where the key has a use for it. */
function readCompanion(
  name: 'on above' | 'rolls over at',
  written: number | string | undefined,
  unit: string,
  isNeeded: boolean | undefined,
  key: string,
  say: Say,
): number | undefined {
  if (written === undefined) {
    if (isNeeded === true) say([], `missing "${name}": expected the value above which it runs, for "${key}"`)
    return undefined
  }
  const outcome = readValue(written, unit)
  if (outcome.kind === 'read') return outcome.amount
  say([name], outcome.message)
  return undefined
}
