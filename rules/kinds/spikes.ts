import type { DurationMs } from '../../city/index.ts'
import { formatDuration } from '../../city/index.ts'
import { type SpikeCount, smoothUntil, spikeSlots, spikesAfter } from '../detection/spikes.ts'
import { longestGap } from '../engine/compiled-rule.ts'
import { advance, calmThrough, skimmed } from '../engine/lifecycle.ts'
import { lifecycleSlots, slot } from '../engine/slots.ts'
import { readValue } from '../file/amount.ts'
import type { Limits } from '../rule.ts'
import { nameOf } from '../wording/change.ts'
import { limitedReason } from '../wording/limited.ts'
import { durationText, timesText } from '../wording/units.ts'
import { defineKind } from './kind.ts'
import { checkOrder, checkWhole, lifecycleOf, lowestOf, readLevels } from './levels.ts'
import { amount, duration, limits } from './shapes.ts'

/** So many readings within `overMs` stood out of their neighbours by far more than is usual for the sensor. */
export type SpikesCondition = {
  readonly kind: 'spikes'
  readonly quantity: string
  /** Numbers of spikes. */
  readonly limits: Limits
  readonly overMs: DurationMs
  /** A spike is at least this large. */
  readonly least: number
}

/** One spike is a tram or a bird; a sensor in trouble has them again and again. */
const spikesMin = 2
const intervalsMin = 12
// What is usual is learnt for a day, or from as many readings as a sensor of few readings gives in a week.
const learntMs: DurationMs = 86_400_000
const learntMin = 168

/** From so many readings what is usual is learnt before any of them is called a spike. */
export function learntReadings(expectedIntervalMs: DurationMs): number {
  return Math.max(learntMin, Math.ceil(learntMs / expectedIntervalMs))
}

const shape = { spikes: limits.optional(), over: duration.optional(), by: amount.optional() }

export const spikesKind = defineKind<SpikesCondition, typeof shape>({
  kind: 'spikes',
  keys: ['spikes'],
  companions: ['over', 'by'],
  shape,
  read(when, [quantity], say) {
    const found = readLevels('spikes', when.spikes, (text) => readValue(text, '1'), say)
    const least = readValue(when.by ?? 0, quantity.unit)
    if (least.kind === 'fault') say(['by'], least.message)
    const overMs = when.over
    if (overMs === undefined) say([], 'missing "over": expected the time the spikes are counted over, like 12h')
    else if (overMs < intervalsMin * quantity.expectedIntervalMs) {
      const shortest = formatDuration(intervalsMin * quantity.expectedIntervalMs)
      say(['over'], `${formatDuration(overMs)}: expected at least ${shortest}, ${intervalsMin} intervals of the sensor`)
    }
    if (found === undefined || overMs === undefined || least.kind === 'fault') return undefined
    checkOrder('spikes', found, 1, say)
    checkWhole('spikes', found, say)
    if (least.amount < 0) say(['by'], `${least.amount}: expected zero or more`)
    const lowest = found[lowestOf(found) ?? 'warning'] ?? spikesMin
    if (lowest < spikesMin) say(['spikes'], `${lowest}: expected at least ${spikesMin}; one alone proves nothing`)
    return { kind: 'spikes', quantity: quantity.id, limits: found, overMs, least: least.amount }
  },
  compile(rule, condition, { quantity }) {
    const { expectedIntervalMs } = quantity
    // "4 spikes" means four or more, and a lifecycle's limit is one that is passed.
    const { warning = Number.NaN, action = Number.NaN } = condition.limits
    const passed = {
      ...(Number.isNaN(warning) ? {} : { warning: warning - 0.5 }),
      ...(Number.isNaN(action) ? {} : { action: action - 0.5 }),
    }
    const lifecycle = lifecycleOf(rule, passed, 1, 0, expectedIntervalMs)
    const count: SpikeCount = {
      gapMs: longestGap(0, expectedIntervalMs),
      least: condition.least,
      window: { overMs: condition.overMs, buckets: 6 },
      learnt: learntReadings(expectedIntervalMs),
    }
    return {
      rule,
      width: lifecycleSlots + spikeSlots(count),
      // Of a spike beyond what is possible, quality control has doubts.
      judgesDoubtful: true,
      step(state, offset, at, value) {
        const spikes = spikesAfter(count, state, offset + lifecycleSlots, at, value)
        state[offset + slot.measured] = spikes
        return advance(lifecycle, state, offset, at, spikes, at)
      },
      skim(state, offset, ats, values, from, to) {
        if (calmThrough(lifecycle, state, offset) < 0) return from
        const row = smoothUntil(count, state, offset + lifecycleSlots, ats, values, from, to)
        if (row > from) state[offset + slot.measured] = 0
        return skimmed(state, offset, ats, from, row)
      },
    }
  },
  reason(change, condition) {
    const name = nameOf(change.quantity)
    return limitedReason(change, condition.limits, {
      name,
      subject: (measured) => `${name} jumped out and back ${timesText(measured)} in ${durationText(condition.overMs)}`,
      relation: 'at least',
      limit: timesText,
    })
  },
  limitOf: (condition, level) => condition.limits[level],
})
