import { isAbsolute, join } from 'node:path'
import { z } from 'zod'
import { type DurationMs, parseDuration, sensorId } from '../../../city/index.ts'
import { addToMeans, meanSlots, meansInto } from '../../detection/life/exponential-means.ts'
import { intervalOf, predictLife } from '../../detection/life/life-model.ts'
import { advance } from '../../engine/lifecycle.ts'
import { lifecycleSlots, slot } from '../../engine/slots.ts'
import type { Amount } from '../../file/amount.ts'
import { type Limits, levels } from '../../rule.ts'
import type { Change } from '../../wording/change.ts'
import { forecastText } from '../../wording/dates.ts'
import { durationText } from '../../wording/units.ts'
import { type Agreement, agreedLevel, agreedLimits, readAgreement, votesFor, withVote } from '../forecast/agreement.ts'
import { defineKind } from '../kind.ts'
import { lifecycleOf, lowestOf, readLevels } from '../levels.ts'
import { expected, limits } from '../shapes.ts'
import { modelOf, openModel } from './models.ts'

/** What was learnt from others that failed says that this one has not long to live. */
export type RemainingLifeCondition = {
  readonly kind: 'remaining life'
  readonly quantity: string
  /** The hash is part of the rule's version: another model is another rule. */
  readonly model: { readonly path: string; readonly hash: string }
  readonly quantities: readonly string[]
  /** In milliseconds. */
  readonly limits: Limits
  readonly agree: Agreement
}

const shape = {
  'remaining life': z.string(expected('a model file, as `lengthsman learn` writes it')).optional(),
  below: limits.optional(),
  agree: z.string(expected('how many of the last steps, like 3 of 3')).optional(),
}

export const remainingLifeKind = defineKind<RemainingLifeCondition, typeof shape>({
  kind: 'remaining life',
  keys: ['remaining life'],
  companions: ['below', 'agree'],
  shape,
  takesAll: () => true,
  findQuantities(when, say, { folder }) {
    const read = openModel(pathIn(folder, when['remaining life'] ?? ''))
    if (read.kind === 'read') return read.content.model.quantities
    say(['remaining life'], `"${when['remaining life']}": ${read.message}`)
    return undefined
  },
  read(when, [quantity], say, { assetClass, folder }) {
    const path = pathIn(folder, when['remaining life'] ?? '')
    const read = openModel(path)
    if (read.kind === 'fault') {
      say(['remaining life'], `"${when['remaining life']}": ${read.message}`)
      return undefined
    }
    const { model, time } = read.content
    const classIds = assetClass.quantities.map(({ id }) => id)
    const missing = model.quantities.filter((id) => !classIds.includes(id))
    if (missing.length > 0)
      say(['remaining life'], `learnt from ${missing.join(', ')}, which class "${assetClass.id}" does not have`)
    if (!model.quantities.includes(quantity.id))
      say(['quantity'], `"${quantity.id}": expected one of those it was learnt from, ${model.quantities.join(', ')}`)
    if (time.ms === undefined)
      say(['remaining life'], `does not say how long a ${time.name} lasts: learn it again with --step`)
    const agree = readAgreement(when.agree ?? '3 of 3')
    if (agree === undefined) say(['agree'], `"${when.agree}": expected how many of the last steps, like 3 of 3`)
    const stepMs = time.ms ?? 1
    if (when.below === undefined)
      say([], 'missing "below": expected a remaining life, like { warning: 30d, action: 10d }')
    const found = when.below && readLevels('below', when.below, (text) => readLife(text, stepMs), say)
    if (found === undefined || agree === undefined || missing.length > 0 || time.ms === undefined) return undefined
    for (const level of levels)
      if ((found[level] ?? 0) >= model.cap * stepMs)
        say(
          ['below', level],
          `expected less than ${durationText(model.cap * stepMs)}, beyond which the model tells nothing apart`,
        )
    if (found.warning !== undefined && found.action !== undefined && found.action >= found.warning)
      say(['below', 'action'], 'expected less than the warning limit')
    const { quantities } = model
    return {
      kind: 'remaining life',
      quantity: quantity.id,
      model: { path, hash: read.hash },
      quantities,
      limits: found,
      agree,
    }
  },
  inputs(condition, asset, city) {
    const ids = orderedQuantities(condition).map((id) => sensorId(asset.id, id))
    return ids.every((id) => city.sensor(id) !== undefined) ? ids : undefined
  },
  compile(rule, condition) {
    const { agree, limits: found } = condition
    const { model, time } = modelOf(condition.model)
    const stepMs = time.ms ?? 1
    const { spans, cap, life, settledAfter } = model
    const count = model.quantities.length
    // Inputs begin with the rule's own quantity; the model has its own order.
    const placeOf = orderedQuantities(condition).map((id) => model.quantities.indexOf(id))
    const meansAt = place.open + 2 * count
    const warning = (found.warning ?? 0) / stepMs
    const action = (found.action ?? 0) / stepMs
    const lifecycle = {
      ...lifecycleOf(rule, {}, 1, agreedLimits.hysteresis, stepMs),
      warning: found.warning === undefined ? Number.POSITIVE_INFINITY : agreedLimits.warning,
      action: found.action === undefined ? Number.POSITIVE_INFINITY : agreedLimits.action,
    }
    // Used again for every step.
    const features = new Float64Array(count * spans.length)
    const row = new Float64Array(life.weights.length)

    /** Folds the step that is over into the means. */
    function closeStep(state: Float64Array, base: number, number: number): void {
      const before = state[base + place.closed] as number
      if (Number.isNaN(before)) state[base + place.first] = number
      for (let quantity = 0; quantity < count; quantity++) {
        const open = base + place.open + 2 * quantity
        const value = (state[open] as number) / (state[open + 1] as number)
        addToMeans(spans, state, base + meansAt + quantity * spans.length * meanSlots, number - before, value)
        state[open] = 0
        state[open + 1] = 0
      }
      state[base + place.closed] = number
    }

    return {
      rule,
      width: lifecycleSlots + meansAt + count * spans.length * meanSlots,
      judgesDoubtful: false,
      forecast: lifecycleSlots + place.from,
      step(state, offset, at, value, input) {
        const base = offset + lifecycleSlots
        const number = Math.floor(at / stepMs)
        const open = state[base + place.number] as number
        const isOver = number > open
        if (isOver) closeStep(state, base, open)
        if (Number.isNaN(open)) state.fill(0, base + place.open, base + meansAt)
        state[base + place.number] = number
        const sum = base + place.open + 2 * (placeOf[input] as number)
        state[sum] = (state[sum] as number) + value
        state[sum + 1] = (state[sum + 1] as number) + 1
        if (!isOver || open - (state[base + place.first] as number) < settledAfter) return false
        meansInto(features, 0, state, base + meansAt, count, spans.length)
        if (features.some(Number.isNaN)) return false
        const left = predictLife(life, cap, features, 0, row)
        state[base + place.action] = withVote(state[base + place.action] as number, left <= action, agree)
        state[base + place.warning] = withVote(
          state[base + place.warning] as number,
          left <= warning || left <= action,
          agree,
        )
        const { low, high } = intervalOf(model, left)
        const ended = (open + 1) * stepMs
        const isTold = left < cap
        state[base + place.from] = isTold ? ended + low * stepMs : Number.NaN
        state[base + place.from + 1] = isTold ? ended + left * stepMs : Number.NaN
        state[base + place.from + 2] = isTold && high < cap ? ended + high * stepMs : Number.NaN
        state[offset + slot.measured] = left * stepMs
        const level = agreedLevel(
          votesFor(state[base + place.warning] as number),
          votesFor(state[base + place.action] as number),
          agree,
        )
        return advance(lifecycle, state, offset, at, level, at)
      },
    }
  },
  reason: lifeReason,
  limitOf: (condition, level) => condition.limits[level],
})

/** Three instants as `CompiledRule.forecast` wants them, votes, the open step, the last closed and the first; then sums. */
const place = { from: 0, warning: 3, action: 4, number: 5, closed: 6, first: 7, open: 8 } as const

function pathIn(folder: string, path: string): string {
  return isAbsolute(path) ? path : join(folder, path)
}

function orderedQuantities({ quantity, quantities }: RemainingLifeCondition): readonly string[] {
  return [quantity, ...quantities.filter((id) => id !== quantity)]
}

/** `30d`, or a number of the model's own steps. */
function readLife(written: number | string, stepMs: DurationMs): Amount<number> {
  const durationMs = typeof written === 'number' ? written * stepMs : parseDuration(written.trim())
  return durationMs === undefined || !(durationMs > 0)
    ? { kind: 'fault', message: `"${written}": expected a remaining life like 30d, or a number of the model's steps` }
    : { kind: 'read', amount: durationMs }
}

/** `will fail on Thursday 26 Nov (80 % sure between …), by others that failed; remaining life 18 d, below 30 d`. */
function lifeReason(change: Change, condition: RemainingLifeCondition): string {
  const { forecast, level, measured, rule } = change
  if (change.origin === 'withdrawn') return 'late readings show that it has longer to live; the alarm is withdrawn'
  const left = measured === undefined ? 'unknown' : durationText(measured)
  const limitAt = (wanted: typeof level) =>
    durationText(
      condition.limits[wanted ?? 'warning'] ?? condition.limits[lowestOf(condition.limits) ?? 'warning'] ?? 0,
    )
  if (change.state === 'recovering') return `remaining life ${left}, not below ${limitAt(change.before.level)} any more`
  if (change.state === 'inactive') {
    const held = rule.recoverMs > 0 ? ` for ${durationText(rule.recoverMs)}` : ''
    return `remaining life ${left}, not below ${limitAt(change.before.level)}${held}`
  }
  const below = `remaining life ${left}, below ${limitAt(level)}`
  if (forecast === undefined || change.at === undefined) return below
  return `will fail ${forecastText(forecast, change.at, change.timeZone ?? 'UTC')}, judging by those that failed before; ${below}`
}
