import { z } from 'zod'
import { type Asset, type DurationMs, formatDuration, type SensorId, sensorId } from '../../city/index.ts'
import { longestGap } from '../engine/compiled-rule.ts'
import { advance } from '../engine/lifecycle.ts'
import { lifecycleSlots, slot } from '../engine/slots.ts'
import { type Amount, readValue } from '../file/amount.ts'
import type { Limits } from '../rule.ts'
import { nameOf } from '../wording/change.ts'
import { limitedReason } from '../wording/limited.ts'
import { durationText, limitText, numberText, unitText } from '../wording/units.ts'
import { defineKind, type Neighbourhood } from './kind.ts'
import { checkOrder, lifecycleOf, readHysteresis, readLevels } from './levels.ts'
import { amount, duration, expected, limits } from './shapes.ts'

/**
 * An asset whose mean over a time differs from that of its sisters: what all of them have (the weather, the season, the
 * load of the day) is no trouble of the one. Held against the median of them all, itself too, which one sick sister does
 * not move: of three, the odd one is told from the two.
 */
export type SistersCondition = {
  readonly kind: 'sisters'
  readonly quantity: string
  /** Of the median in per cent, or in the unit of the quantity. */
  readonly unit: string
  readonly limits: Limits
  readonly hysteresis: number
  /** The time constant of the means that are compared. */
  readonly overMs: DurationMs
  /** Those that are part of, or fed by, the same; or all of the class. */
  readonly among: 'siblings' | 'class'
}

/** With fewer there is no telling which of two is the odd one. */
const sistersMin = 2
// Each reading of a sister is folded by all others: a class of hundreds is not compared each with each.
const sistersMax = 16
/** A mean over fewer expected readings than this is a reading. */
const readingsMin = 10

const shape = {
  'differs from sisters': limits.optional(),
  over: duration.optional(),
  sisters: z.enum(['siblings', 'class'], expected('siblings or class')).optional(),
  hysteresis: amount.optional(),
}

export const sistersKind = defineKind<SistersCondition, typeof shape>({
  kind: 'sisters',
  keys: ['differs from sisters'],
  companions: ['over', 'sisters', 'hysteresis'],
  shape,
  read(when, [quantity], say) {
    const written = when['differs from sisters']
    const isShare = [written?.warning, written?.action].some((text) => String(text ?? '').endsWith('%'))
    const unit = isShare ? '%' : quantity.unit
    const found = readLevels('differs from sisters', written, (text) => readApart(text, unit), say)
    const hysteresis = readHysteresis(when.hysteresis, unit, say)
    const overMs = when.over
    if (overMs === undefined) say([], 'missing "over": expected the time that the means are taken over, like 6h')
    else if (overMs < readingsMin * quantity.expectedIntervalMs)
      say(
        ['over'],
        `${formatDuration(overMs)}: expected at least ${formatDuration(readingsMin * quantity.expectedIntervalMs)}, ${readingsMin} intervals of the sensor`,
      )
    if (found === undefined || hysteresis === undefined || overMs === undefined) return undefined
    checkOrder('differs from sisters', found, 1, say)
    return {
      kind: 'sisters',
      quantity: quantity.id,
      unit,
      limits: found,
      hysteresis,
      overMs,
      among: when.sisters ?? 'siblings',
    }
  },
  inputs(condition, asset, city) {
    const own = sensorId(asset.id, condition.quantity)
    if (city.sensor(own) === undefined) return undefined
    const others = sistersOf(asset, condition.among, city)
      .map(({ id }) => sensorId(id, condition.quantity))
      .filter((id): id is SensorId => city.sensor(id) !== undefined)
    return others.length < sistersMin ? undefined : [own, ...others.slice(0, sistersMax)]
  },
  compile(rule, condition, { quantity, inputs }) {
    const lifecycle = lifecycleOf(rule, condition.limits, 1, condition.hysteresis, quantity.expectedIntervalMs)
    const freshMs = longestGap(condition.overMs, quantity.expectedIntervalMs)
    const count = inputs.length
    // Used again for every reading.
    const means = new Float64Array(count)
    return {
      rule,
      width: lifecycleSlots + count * meanSlots,
      judgesDoubtful: false,
      step(state, offset, at, value, input) {
        const base = offset + lifecycleSlots
        follow(state, base + input * meanSlots, at, value, condition.overMs)
        if (input > 0 || at - (state[base + place.since] as number) < condition.overMs) return false
        const own = state[base + place.mean] as number
        means[0] = own
        let fresh = 1
        for (let sister = 1; sister < count; sister++) {
          const from = base + sister * meanSlots
          if (!(at - (state[from + place.at] as number) <= freshMs)) continue
          means[fresh++] = state[from + place.mean] as number
        }
        if (fresh <= sistersMin) return false
        const median = medianOf(means, fresh)
        const apart = Math.abs(own - median)
        const measured = condition.unit === '%' ? (100 * apart) / Math.abs(median) : apart
        if (!Number.isFinite(measured)) return false
        state[offset + slot.measured] = measured
        return advance(lifecycle, state, offset, at, measured, at)
      },
    }
  },
  reason(change, condition) {
    const name = nameOf(change.quantity)
    const over = durationText(condition.overMs)
    const unit = condition.unit === '%' ? '%' : unitText(condition.unit)
    return limitedReason(change, condition.limits, {
      name: `${name} apart from its sisters'`,
      subject: (measured) =>
        `${name} ${`${numberText(measured, condition.unit === '%' ? 0 : change.quantity.decimals)} ${unit}`.trim()} apart from its sisters' (mean over ${over})`,
      relation: 'above',
      limit: (value) => limitText(value, condition.unit),
    })
  },
  limitOf: (condition, level) => condition.limits[level],
})

function readApart(text: number | string, unit: string): Amount<number> {
  const read = readValue(text, unit)
  if (read.kind === 'fault' || read.amount > 0) return read
  return { kind: 'fault', message: `${read.amount}: expected more than zero` }
}

/** Of the same class, and part of or fed by the same; in the order of their ids. */
function sistersOf(asset: Asset, among: SistersCondition['among'], city: Neighbourhood): readonly Asset[] {
  const others = city.ofClass(asset.class).filter(({ id }) => id !== asset.id)
  if (among === 'class') return others
  const above = ({ relations }: Asset) => relations.filter(({ kind }) => kind !== 'reports through')
  return others.filter((other) =>
    above(other).some(({ kind, asset: parent }) =>
      above(asset).some((own) => own.kind === kind && own.asset === parent),
    ),
  )
}

/** Of each input: its newest reading, its mean, and since when it is followed without a hole. */
const place = { at: 0, mean: 1, since: 2 } as const
const meanSlots = 3

/** The exponential mean in time: irregular readings weigh by how long they stood. */
function follow(state: Float64Array, from: number, at: number, value: number, overMs: DurationMs): void {
  const passed = at - (state[from + place.at] as number)
  // After a hole as long as the mean itself it says nothing about now.
  if (!(passed <= overMs)) {
    state[from + place.mean] = value
    state[from + place.since] = at
  } else {
    const mean = state[from + place.mean] as number
    state[from + place.mean] = mean + (1 - Math.exp(-passed / overMs)) * (value - mean)
  }
  state[from + place.at] = at
}

/** Sorts the first `count` in place: they are few. */
function medianOf(values: Float64Array, count: number): number {
  for (let index = 1; index < count; index++) {
    const value = values[index] as number
    let before = index - 1
    while (before >= 0 && (values[before] as number) > value) {
      values[before + 1] = values[before] as number
      before--
    }
    values[before + 1] = value
  }
  const middle = count >> 1
  const upper = values[middle] as number
  return count % 2 === 1 ? upper : (upper + (values[middle - 1] as number)) / 2
}
