import { z } from 'zod'
import { type DurationMs, formatDuration, measureOf } from '../../../city/index.ts'
import { type OwnUsual, offUsual, ownUsualSlots } from '../../detection/own-usual.ts'
import { type CompiledRule, longestGap } from '../../engine/compiled-rule.ts'
import { advance } from '../../engine/lifecycle.ts'
import { lifecycleSlots, slot } from '../../engine/slots.ts'
import { readValue } from '../../file/amount.ts'
import { type Limits, levels, type Rule } from '../../rule.ts'
import { limitedReason } from '../../wording/limited.ts'
import { limitText, numberText, unitText } from '../../wording/units.ts'
import { defineKind, type Facts, type ReadAround, type Say } from '../kind.ts'
import { checkOrder, isBeyond, lifecycleOf, readHysteresis, readLevels } from '../levels.ts'
import { amount, duration, expected, limits } from '../shapes.ts'
import { evaluatorOf, slotsPerInput } from './evaluate.ts'
import { type Expression, FormulaFault, parseFormula } from './expression.ts'
import { type Meaning, meaningOf, unitOf } from './meaning.ts'
import { areSame, measured } from './measures.ts'
import { isGroup, type Reference, sensorsFor } from './names.ts'

/** Something reckoned from several sensors of an asset and of its neighbours, held against limits. */
export type FormulaCondition = {
  readonly kind: 'formula'
  /** The first that the formula names: what the alarm is shown with. */
  readonly quantity: string
  readonly formula: string
  readonly references: readonly Reference[]
  /** UCUM code of what comes out; the limits are in it. */
  readonly unit: string
  /** What people call it: `efficiency`. */
  readonly name: string
  readonly direction: 'above' | 'below'
  readonly limits: Limits
  readonly hysteresis: number
  /** Values older than this are not reckoned with; where it is absent, by each sensor's own interval. */
  readonly withinMs?: DurationMs
  /** Held against its own usual, learnt at first; the limits are then differences in per cent. */
  readonly own?: OwnUsual
  /** Reckoned only while the condition's own quantity is above this: what a pump delivers is asked of one that runs. */
  readonly onlyAbove?: number
}

const shape = {
  formula: z
    .string(expected('a formula of quantities, such as (outlet-pressure - inlet-pressure) * flow / power'))
    .optional(),
  unit: z.string(expected('a UCUM unit code, such as kW')).optional(),
  called: z.string(expected('what people call it, such as efficiency')).optional(),
  above: limits.optional(),
  below: limits.optional(),
  hysteresis: amount.optional(),
  within: duration.optional(),
  learn: duration.optional(),
  over: duration.optional(),
  'only above': amount.optional(),
}

export const formulaKind = defineKind<FormulaCondition, typeof shape>({
  kind: 'formula',
  keys: ['formula'],
  companions: ['unit', 'called', 'above', 'below', 'hysteresis', 'within', 'learn', 'over', 'only above'],
  shape,
  findQuantities(when, say, around) {
    const meaning = understood(when.formula ?? '', say, around)
    const own = meaning?.references.find(({ of }) => of === 'itself')
    if (meaning !== undefined && own === undefined)
      say(['formula'], 'no quantity of the asset itself: expected at least one, which the alarm is shown with')
    return own && [own.quantity]
  },
  read(when, [quantity], say, around) {
    const meaning = understood(when.formula ?? '', say, around)
    if (meaning === undefined) return undefined
    const unit = when.unit ?? '1'
    const measure = measureOf(unit)
    if (measure === undefined) say(['unit'], `"${unit}": expected a UCUM unit code, such as kW`)
    else if (when.learn === undefined && !areSame(measure.dimension, meaning.dimension))
      say(
        ['unit'],
        `the formula comes out in ${unitOf(meaning.dimension)}: expected a unit of that, not ${when.unit ?? 'none'}`,
      )
    if ((when.above === undefined) === (when.below === undefined)) {
      say([], 'expected either "above" or "below" with the formula')
      return undefined
    }
    const direction = when.above === undefined ? 'below' : 'above'
    const own = readOwn(when.learn, when.over, say)
    const limitUnit = own === undefined ? unit : '%'
    const found = readLevels(direction, when[direction], (text) => readValue(text, limitUnit), say)
    const hysteresis = readHysteresis(when.hysteresis, limitUnit, say)
    const onlyAbove = when['only above'] === undefined ? undefined : readValue(when['only above'], quantity.unit)
    if (onlyAbove?.kind === 'fault') say(['only above'], onlyAbove.message)
    if (found === undefined || hysteresis === undefined) return undefined
    checkOrder(direction, found, direction === 'above' ? 1 : -1, say)
    if (own !== undefined) checkBeyondUsual(direction, found, say)
    if (when.within === 0) say(['within'], '0s: expected how old a value may be, like 5m')
    return {
      kind: 'formula',
      quantity: quantity.id,
      formula: when.formula ?? '',
      references: ownFirst(meaning.references, quantity.id),
      unit: limitUnit,
      name: when.called ?? when.formula ?? '',
      direction,
      limits: found,
      hysteresis,
      ...(when.within === undefined ? {} : { withinMs: when.within }),
      ...(own === undefined ? {} : { own }),
      ...(onlyAbove?.kind === 'read' ? { onlyAbove: onlyAbove.amount } : {}),
    }
  },
  inputs({ references }, asset, city) {
    const found = references.map((reference) => sensorsFor(reference, asset, city))
    const isMissing = found.some((sensors, index) => {
      const reference = references[index]
      return sensors.length === 0 || (reference !== undefined && !isGroup(reference) && sensors.length > 1)
    })
    return isMissing ? undefined : found.flat()
  },
  compile,
  reason(change, condition) {
    const { unit, name } = condition
    return limitedReason(change, condition.limits, {
      name,
      subject: (value) =>
        condition.own === undefined
          ? `${name} ${numberText(value, 2)} ${unitText(unit)}`.trim()
          : `${name} ${numberText(Math.abs(value), 0)} % ${value < 0 ? 'below' : 'above'} its usual`,
      relation: condition.own === undefined ? condition.direction : `${condition.direction} its usual by`,
      limit: (value) => limitText(condition.own === undefined ? value : Math.abs(value), unit),
    })
  },
  limitOf: (condition, level) => condition.limits[level],
  isBeyond: (condition, measured) => isBeyond(condition.direction, condition.limits, measured),
})

/** Less than three days is no usual: a day off work lies in them, or none. */
const learnMsMin: DurationMs = 3 * 86_400_000

function readOwn(learnMs: DurationMs | undefined, overMs: DurationMs | undefined, say: Say): OwnUsual | undefined {
  if (learnMs === undefined) {
    if (overMs !== undefined) say(['over'], '"over" means nothing with "formula" unless it is to "learn" its usual')
    return undefined
  }
  if (learnMs < learnMsMin)
    say(['learn'], `${formatDuration(learnMs)}: expected at least ${formatDuration(learnMsMin)}`)
  if (overMs === undefined)
    say([], 'missing "over": expected the time of the mean that is held against its usual, like 6h')
  else if (overMs === 0) say(['over'], '0s: expected the time of the mean that is held against its usual, like 6h')
  return overMs === undefined ? undefined : { learnMs, overMs }
}

/** What is as usual is off by nothing, and must be inside of every limit. */
function checkBeyondUsual(direction: 'above' | 'below', limits: Limits, say: Say): void {
  for (const level of levels) {
    const limit = limits[level]
    if (limit === undefined || (direction === 'above' ? limit > 0 : limit < 0)) continue
    const wanted = direction === 'above' ? 'more than zero, so far above' : 'less than zero, so far below'
    say([direction, level], `${limit} %: expected ${wanted} its usual`)
  }
}

/** The formula's meaning; what is wrong with it is said with its place in the text. */
function understood(text: string, say: Say, around: ReadAround): Meaning | undefined {
  try {
    return meaningOf(parseFormula(text), around)
  } catch (error) {
    if (!(error instanceof FormulaFault)) throw error
    say(['formula'], `at character ${error.place} of the formula: ${error.message}`)
    return undefined
  }
}

function ownFirst(references: readonly Reference[], quantity: string): readonly Reference[] {
  const isLead = ({ of, quantity: each }: Reference) => of === 'itself' && each === quantity
  return [...references.filter(isLead), ...references.filter((each) => !isLead(each))]
}

/** The moment that is not judged yet, because more readings of it may come. */
const pendingSlot = 0
const inputsAt = 1

/**
 * A moment is judged when all its readings are there: at once when every input has reported for it, else with the first
 * reading of a later moment. Judged earlier, a new flow would be divided by the old power.
 */
function compile(rule: Rule, condition: FormulaCondition, facts: Facts): CompiledRule {
  const count = facts.inputs.length
  const slowest = Math.max(...facts.inputs.map(({ expectedIntervalMs }) => expectedIntervalMs))
  const lifecycle = lifecycleOf(
    rule,
    condition.limits,
    condition.direction === 'above' ? 1 : -1,
    condition.hysteresis,
    slowest,
  )
  const sign = condition.direction === 'above' ? 1 : -1
  const freshMs = facts.inputs.map(({ expectedIntervalMs }) => condition.withinMs ?? longestGap(0, expectedIntervalMs))
  const { own } = condition
  const { factor, zero } = own === undefined ? measured(condition.unit, 1) : { factor: 1, zero: 0 }
  const { onlyAbove = Number.NEGATIVE_INFINITY } = condition
  const ownAt = lifecycleSlots + inputsAt + count * slotsPerInput
  // The moment that is judged, told to `isFresh` without an object.
  let moment = 0
  const expression: Expression = parseFormula(condition.formula)
  const evaluate = evaluatorOf(expression, {
    references: condition.references,
    units: facts.inputs.map(({ unit }) => unit),
    isFresh: (state, base, input) =>
      moment - (state[base + input * slotsPerInput] as number) <= (freshMs[input] as number),
  })

  const judge = (state: Float64Array, offset: number, at: number): boolean => {
    moment = at
    if (!((state[offset + lifecycleSlots + inputsAt + 1] as number) > onlyAbove)) return false
    const reckoned = (evaluate(state, offset + lifecycleSlots + inputsAt) - zero) / factor
    // Something is missing, or divided by nothing: for what must hold, that is a hole.
    if (!Number.isFinite(reckoned)) return false
    const value = own === undefined ? reckoned : offUsual(own, state, offset + ownAt, at, reckoned)
    if (Number.isNaN(value)) return false
    state[offset + slot.measured] = value
    return advance(lifecycle, state, offset, at, sign * value, at)
  }

  return {
    rule,
    width: ownAt + (own === undefined ? 0 : ownUsualSlots),
    judgesDoubtful: false,
    step(state, offset, at, value, input) {
      const base = offset + lifecycleSlots
      const waiting = state[base + pendingSlot] as number
      const changed = waiting < at && judge(state, offset, waiting)
      const place = base + inputsAt + input * slotsPerInput
      state[place] = at
      state[place + 1] = value
      state[base + pendingSlot] = at
      for (let each = 0; each < count; each++) if (state[base + inputsAt + each * slotsPerInput] !== at) return changed
      state[base + pendingSlot] = Number.NaN
      return judge(state, offset, at) || changed
    },
  }
}
