import { z } from 'zod'
import { type DurationMs, formatDuration, type QuantityDefinition, sensorId } from '../../../city/index.ts'
import { rarityText, surprise, surpriseSlots, termOf, termText } from '../../detection/anomaly/index.ts'
import { advance } from '../../engine/lifecycle.ts'
import { lifecycleSlots, slot } from '../../engine/slots.ts'
import type { Limits } from '../../rule.ts'
import { type Change, nameOf } from '../../wording/change.ts'
import { durationText, valueText } from '../../wording/units.ts'
import { defineKind, type Say } from '../kind.ts'
import { checkOrder, lifecycleOf, readLevels } from '../levels.ts'
import { duration, expected, limits } from '../shapes.ts'
import { localOffset } from './day-offset.ts'
import { packMeasured, unpackMeasured } from './surprise-measured.ts'
import { agreedLevel, type Vote, votePlace, voteSlots } from './vote.ts'

/** A sensor as the reason names it. */
type Named = Pick<QuantityDefinition, 'id' | 'title' | 'unit' | 'decimals'>

/** A reading unlike what the sensor's own past lets expect; of several sensors, so many at about the same time. */
export type UnusualCondition = {
  readonly kind: 'unusual'
  readonly quantity: string
  /** All that are looked at, the first being `quantity`. */
  readonly quantities: readonly Named[]
  /** Scores: 4 is about one reading in ten thousand, each more ten times rarer. */
  readonly limits: Limits
  readonly agree: number
  readonly withinMs: DurationMs
  /** Whether a value outside all that was ever seen counts, and a step many times the usual one. */
  readonly range: boolean
  readonly jump: boolean
  /** Nothing is said of a sensor before it has been followed for so long. */
  readonly learnMs: DurationMs
}

// Below, every sensor is unusual each day; above, hardly anything ever is.
const scoreMin = 3
const scoreMax = 9
/** A week has seen the weekend as well. */
const learnMsUsual: DurationMs = 7 * 86_400_000
const intervalsMin = 100

const shape = {
  unusual: limits.optional(),
  agree: z.int(expected('a number of sensors')).min(1, expected('a number of sensors')).optional(),
  within: duration.optional(),
  range: z.enum(['on', 'off'], expected('on or off')).optional(),
  jump: z.enum(['on', 'off'], expected('on or off')).optional(),
  'learns for': duration.optional(),
}

export const unusualKind = defineKind<UnusualCondition, typeof shape>({
  kind: 'unusual',
  keys: ['unusual'],
  companions: ['agree', 'within', 'range', 'jump', 'learns for'],
  shape,
  takesAll: (when) => (when.agree ?? 1) > 1,
  read(when, quantities, say) {
    const found = readLevels('unusual', when.unusual, readScore, say)
    const [quantity] = quantities
    const agree = when.agree ?? 1
    const learnMs = when['learns for'] ?? learnMsUsual
    if (agree > quantities.length)
      say(['agree'], `${agree}: expected at most ${quantities.length}, as many as the rule names quantities`)
    checkWithin(agree, when.within, quantities, say)
    const shortest = intervalsMin * Math.max(...quantities.map(({ expectedIntervalMs }) => expectedIntervalMs))
    if (learnMs < shortest)
      say(
        ['learns for'],
        `${formatDuration(learnMs)}: expected at least ${formatDuration(shortest)}, ${intervalsMin} intervals of the sensor`,
      )
    if (found === undefined) return undefined
    checkOrder('unusual', found, 1, say)
    return {
      kind: 'unusual',
      quantity: quantity.id,
      quantities: quantities.map(({ id, title, unit, decimals }) => ({ id, title, unit, decimals })),
      limits: found,
      agree,
      withinMs: when.within ?? 0,
      range: when.range !== 'off',
      jump: when.jump === 'on',
      learnMs,
    }
  },
  isJoint: ({ agree }) => agree > 1,
  inputs({ quantities, agree }, asset, city) {
    const ids = quantities.map(({ id }) => sensorId(asset.id, id)).filter((id) => city.sensor(id) !== undefined)
    const own = quantities[0] === undefined ? undefined : sensorId(asset.id, quantities[0].id)
    return ids.length >= agree && ids[0] === own ? ids : undefined
  },
  compile(rule, condition, { quantity, inputs, timeZone }) {
    // What is judged is the level that enough sensors agree on.
    const lifecycle = {
      ...lifecycleOf(rule, {}, 1, 0, quantity.expectedIntervalMs),
      warning: condition.limits.warning === undefined ? Number.POSITIVE_INFINITY : 0.5,
      action: condition.limits.action === undefined ? Number.POSITIVE_INFINITY : 1.5,
    }
    const { warning = Number.POSITIVE_INFINITY, action = Number.POSITIVE_INFINITY } = condition.limits
    const lowest = Math.min(warning, action)
    const stride = voteSlots + surpriseSlots
    const vote: Vote = { agree: condition.agree, withinMs: condition.withinMs, inputs: inputs.length, stride }
    const offsetAt = localOffset(timeZone)
    // An asset may lack some of the quantities named, so that its third sensor is the rule's fifth.
    const named = inputs.map(({ id }) =>
      Math.max(
        0,
        condition.quantities.findIndex((each) => each.id === id),
      ),
    )
    return {
      rule,
      width: lifecycleSlots + inputs.length * stride,
      judgesDoubtful: false,
      step(state, offset, at, value, input) {
        const base = offset + lifecycleSlots
        const own = base + input * stride
        if (Number.isNaN(state[own + votePlace.since])) state[own + votePlace.since] = at
        const score = surprise(condition, state, own + voteSlots, at, value, offsetAt(at))
        const learnt = at - (state[own + votePlace.since] as number) >= condition.learnMs
        if (learnt && score >= lowest) {
          if (score >= warning) state[own + votePlace.warningAt] = at
          if (score >= action) state[own + votePlace.actionAt] = at
          const term = termOf(state, own + voteSlots) ?? 'level'
          state[offset + slot.measured] = packMeasured(value, score, term, named[input] ?? 0)
        }
        return advance(lifecycle, state, offset, at, agreedLevel(vote, state, base, at), at)
      },
    }
  },
  reason,
  // What is drawn and compared elsewhere is in the unit of the quantity; a score is not.
  limitOf: () => undefined,
  hasLevel: (condition, level) => condition.limits[level] !== undefined,
})

function readScore(written: number | string) {
  const score = Number(written)
  return score >= scoreMin && score <= scoreMax
    ? { kind: 'read' as const, amount: score }
    : {
        kind: 'fault' as const,
        message: `${written}: expected a score from ${scoreMin} to ${scoreMax}; 4 is about one reading in 10,000`,
      }
}

function checkWithin(
  agree: number,
  within: DurationMs | undefined,
  quantities: readonly QuantityDefinition[],
  say: Say,
): void {
  if (agree === 1) {
    if (within !== undefined) say(['within'], '"within" means nothing where no sensors have to agree')
    return
  }
  const slowest = Math.max(...quantities.map(({ expectedIntervalMs }) => expectedIntervalMs))
  if (within === undefined) say([], 'missing "within": expected the time the sensors have to agree in, like 20m')
  else if (within < slowest)
    say(
      ['within'],
      `${formatDuration(within)}: expected at least ${formatDuration(slowest)}, one interval of the sensors`,
    )
}

function reason(change: Change, condition: UnusualCondition): string {
  const { rule, measured, state, before, origin } = change
  const found = measured === undefined ? undefined : unpackMeasured(measured)
  const quantity = condition.quantities[found?.input ?? 0] ?? change.quantity
  const name = nameOf({ ...change.quantity, ...quantity })
  if (origin === 'withdrawn') return `late readings show that ${name} was not unusual; the alarm is withdrawn`
  switch (state) {
    case 'recovering':
      return `${name} is as usual again`
    case 'inactive':
      if (before.state === 'pending') return `${name} was as usual again before ${durationText(rule.forMs)} were over`
      return rule.recoverMs > 0
        ? `${name} has been as usual for ${durationText(rule.recoverMs)}`
        : `${name} is as usual again`
    default: {
      if (found === undefined) return `${name} is unusual`
      const value = valueText(found.value, quantity.unit, quantity.decimals)
      const others = condition.agree - 1
      const agreeing =
        others === 0
          ? ''
          : `; ${others} other ${others === 1 ? 'sensor' : 'sensors'} unusual too within ${durationText(condition.withinMs)}`
      return `${name} ${value}: ${termText(found.term)}, ${rarityText(found.score)}${agreeing}`
    }
  }
}
