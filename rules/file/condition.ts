import { formatDuration, type QuantityDefinition } from '../../city/index.ts'
import type { Condition, Limits } from '../rule.ts'
import { levels } from '../rule.ts'
import { type Amount, readIntervals, readRate, readValue } from './amount.ts'
import type { EntryLimits, When } from './rule-file.ts'

/** Reports a fault below `when`. */
export type Say = (path: readonly string[], message: string) => void

const kindKeys = ['above', 'below', 'rises faster than', 'falls faster than', 'silent for', 'stuck for'] as const
type KindKey = (typeof kindKeys)[number]

/** Which further keys a kind of condition knows. */
const companions: Readonly<Record<KindKey, readonly (keyof When)[]>> = {
  above: ['hysteresis'],
  below: ['hysteresis'],
  'rises faster than': ['over', 'hysteresis'],
  'falls faster than': ['over', 'hysteresis'],
  'silent for': [],
  'stuck for': ['within'],
}

/** The condition a `when` means for one quantity; `undefined` when something was said against it. */
export function readCondition(when: When, quantity: QuantityDefinition, say: Say): Condition | undefined {
  const kinds = kindKeys.filter((key) => when[key] !== undefined)
  const [kind] = kinds
  if (kind === undefined) {
    say([], `no condition: expected one of ${kindKeys.join(', ')}`)
    return undefined
  }
  if (kinds.length > 1) {
    say([kinds[1] ?? kind], `"${kinds.join('" and "')}" in one rule: expected only one of them; write two rules`)
    return undefined
  }
  for (const key of ['over', 'within', 'hysteresis'] as const)
    if (when[key] !== undefined && !companions[kind].includes(key)) say([key], `"${key}" means nothing with "${kind}"`)
  return readers[kind](when, quantity, say)
}

type Reader = (when: When, quantity: QuantityDefinition, say: Say) => Condition | undefined

const readers: Readonly<Record<KindKey, Reader>> = {
  above: (when, quantity, say) => readThreshold('above', when, quantity, say),
  below: (when, quantity, say) => readThreshold('below', when, quantity, say),
  'rises faster than': (when, quantity, say) => readSlope('rises faster than', when, quantity, say),
  'falls faster than': (when, quantity, say) => readSlope('falls faster than', when, quantity, say),
  'silent for': (when, quantity, say) => readSilence(when, quantity, say),
  'stuck for': (when, quantity, say) => readStuck(when, quantity, say),
}

/** Reads one amount per level and collects the faults of both. */
function readLevels<T>(
  key: string,
  written: EntryLimits,
  read: (written: number | string) => Amount<T>,
  say: Say,
): { warning?: T; action?: T } | undefined {
  const found: { warning?: T; action?: T } = {}
  let faulty = false
  for (const level of levels) {
    const text = written[level]
    if (text === undefined) continue
    const outcome = read(text)
    if (outcome.kind === 'read') found[level] = outcome.amount
    else {
      faulty = true
      say([key, level], outcome.message)
    }
  }
  if (!faulty && found.warning === undefined && found.action === undefined) {
    say([key], 'no limit: expected a warning limit, an action limit, or both')
    return undefined
  }
  return faulty ? undefined : found
}

function readHysteresis(when: When, unit: string, say: Say): number | undefined {
  const outcome = readValue(when.hysteresis ?? 0, unit)
  if (outcome.kind === 'read' && outcome.amount >= 0) return outcome.amount
  say(['hysteresis'], outcome.kind === 'fault' ? outcome.message : `${outcome.amount}: expected zero or more`)
  return undefined
}

function readThreshold(
  direction: 'above' | 'below',
  when: When,
  quantity: QuantityDefinition,
  say: Say,
): Condition | undefined {
  const limits = readLevels(direction, when[direction] ?? {}, (text) => readValue(text, quantity.unit), say)
  const hysteresis = readHysteresis(when, quantity.unit, say)
  if (limits === undefined || hysteresis === undefined) return undefined
  checkOrder(direction, limits, direction === 'above' ? 1 : -1, say)
  for (const level of levels) {
    const limit = limits[level]
    if (limit === undefined) continue
    const { min, max } = quantity.range
    if (limit < min || limit > max || (direction === 'above' ? limit === max : limit === min))
      say([direction, level], `${limit} ${quantity.unit}: expected inside what is possible, ${min} to ${max}`)
    const back = direction === 'above' ? limit - hysteresis : limit + hysteresis
    if (back < min || back > max)
      say(
        ['hysteresis'],
        `${hysteresis}: ${back} ${quantity.unit} is outside what is possible, so it would never recover`,
      )
  }
  return { kind: 'threshold', quantity: quantity.id, direction, limits, hysteresis }
}

function checkOrder(key: string, limits: Limits, sign: 1 | -1, say: Say): void {
  const { warning, action } = limits
  if (warning === undefined || action === undefined || sign * action > sign * warning) return
  const beyond = sign > 0 ? 'higher' : 'lower'
  say([key, 'action'], `${action}: expected ${beyond} than the warning limit ${warning}`)
}

/** A slope over fewer expected readings than this says more about noise than about the asset. */
const slopeReadingsMin = 4

function readSlope(
  key: 'rises faster than' | 'falls faster than',
  when: When,
  quantity: QuantityDefinition,
  say: Say,
): Condition | undefined {
  const rates = readLevels(key, when[key] ?? {}, (text) => readRate(text, quantity.unit), say)
  const hysteresis = readHysteresis(when, quantity.unit, say)
  const overMs = when.over
  if (overMs === undefined) say([], 'missing "over": expected the time the slope is taken over, like 30m')
  else if (overMs < slopeReadingsMin * quantity.expectedIntervalMs) {
    const shortest = formatDuration(slopeReadingsMin * quantity.expectedIntervalMs)
    say(
      ['over'],
      `${formatDuration(overMs)}: expected at least ${shortest}, ${slopeReadingsMin} intervals of the sensor`,
    )
  }
  if (rates === undefined || hysteresis === undefined || overMs === undefined) return undefined
  const perMs = (rates.warning ?? rates.action)?.perMs ?? 1
  const limits = {
    ...(rates.warning === undefined ? {} : { warning: rates.warning.value }),
    // Written per another time, the action limit is turned into the warning's, so that one slope is held against both.
    ...(rates.action === undefined ? {} : { action: (rates.action.value * perMs) / rates.action.perMs }),
  }
  for (const level of levels)
    if ((limits[level] ?? 1) <= 0) say([key, level], `${limits[level]}: expected more than zero`)
  checkOrder(key, limits, 1, say)
  const lowest = limits.warning ?? limits.action ?? 0
  if (hysteresis >= lowest) say(['hysteresis'], `${hysteresis}: expected less than the limit ${lowest}`)
  const direction = key === 'rises faster than' ? 'rising' : 'falling'
  return { kind: 'rate', quantity: quantity.id, direction, limits, perMs, overMs, hysteresis }
}

/** One missing reading is radio, not silence. */
const silentIntervalsMin = 2

function readSilence(when: When, quantity: QuantityDefinition, say: Say): Condition | undefined {
  const intervals = readLevels('silent for', when['silent for'] ?? {}, readIntervals, say)
  if (intervals === undefined) return undefined
  for (const level of levels)
    if ((intervals[level] ?? silentIntervalsMin) < silentIntervalsMin)
      say(['silent for', level], `${intervals[level]}: expected at least ${silentIntervalsMin} intervals`)
  checkOrder('silent for', intervals, 1, say)
  return { kind: 'silence', quantity: quantity.id, intervals }
}

/** A value that stands still needs to have been seen this often to be called stuck. */
const stuckIntervalsMin = 10

function readStuck(when: When, quantity: QuantityDefinition, say: Say): Condition | undefined {
  const forMs = when['stuck for'] ?? 0
  const within = readValue(when.within ?? 0, quantity.unit)
  if (within.kind === 'fault') {
    say(['within'], within.message)
    return undefined
  }
  const tolerance = within.amount
  if (tolerance < 0 || tolerance >= quantity.range.max - quantity.range.min)
    say(['within'], `${tolerance}: expected from 0 to less than the whole range of the quantity`)
  if (forMs < stuckIntervalsMin * quantity.expectedIntervalMs) {
    const shortest = formatDuration(stuckIntervalsMin * quantity.expectedIntervalMs)
    say(
      ['stuck for'],
      `${formatDuration(forMs)}: expected at least ${shortest}, ${stuckIntervalsMin} intervals of the sensor`,
    )
  }
  return { kind: 'stuck', quantity: quantity.id, tolerance, forMs }
}
