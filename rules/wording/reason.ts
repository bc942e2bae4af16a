import type { QuantityDefinition } from '../../city/index.ts'
import type { AlarmState } from '../alarm.ts'
import { type Condition, type Level, type Limits, levels, type Rule } from '../rule.ts'
import { durationText, limitText, numberText, unitText, valueText } from './units.ts'

/** What a sentence about a change is made from. */
export type Change = {
  readonly rule: Rule
  readonly quantity: QuantityDefinition
  readonly state: AlarmState
  readonly level: Level | undefined
  readonly measured: number | undefined
  readonly before: { readonly state: AlarmState; readonly level: Level | undefined }
  readonly origin: 'reading' | 'late' | 'withdrawn' | 'present'
}

/** One sentence for people: `vibration 7.4 mm/s, above 7.1 mm/s for 10 min`. */
export function reasonFor(change: Change): string {
  const { condition } = change.rule
  switch (condition.kind) {
    case 'threshold':
      return withLimit(change, condition, (value) => `${nameOf(change.quantity)} ${value}`)
    case 'rate':
      return withLimit(change, condition, (value) => `${nameOf(change.quantity)} ${moving(condition, change)} ${value}`)
    case 'stuck':
      return stuckReason(change, condition)
    case 'silence':
      return silenceReason(change)
  }
}

/** The quantity within a sentence: `pH` and `CO₂` keep their capitals. */
function nameOf({ title }: QuantityDefinition): string {
  return /^\p{Lu}\p{Ll}/u.test(title) ? title.charAt(0).toLowerCase() + title.slice(1) : title
}

type Limited = Extract<Condition, { limits: Limits }>

function withLimit(change: Change, condition: Limited, subject: (value: string) => string): string {
  const { quantity, rule, before, measured } = change
  const value = measured === undefined ? 'unknown' : amountText(condition, measured, quantity)
  const beyond = `${relation(condition)} ${limitOf(condition, change.level, quantity)}`
  const held = rule.forMs > 0 ? ` for ${durationText(rule.forMs)}` : ''
  if (change.origin === 'withdrawn') {
    const first = limitOf(condition, lowestOf(condition.limits), quantity)
    return `late readings show that ${nameOf(quantity)} was not ${relation(condition)} ${first}${held}; the alarm is withdrawn`
  }
  const inside = `the limit of ${limitOf(condition, before.level ?? change.level, quantity)}`
  const back = rule.recoverMs > 0 ? ` for ${durationText(rule.recoverMs)}` : ''
  switch (change.state) {
    case 'pending':
      return `${subject(value)}, ${beyond}`
    case 'firing':
      if (before.state === 'recovering' && before.level === change.level)
        return `${subject(value)}, not inside the limit of ${limitOf(condition, lowestOf(condition.limits), quantity)} any more`
      if (before.level === 'action' && change.level === 'warning')
        return `${subject(value)}, inside ${inside}${back}, still ${beyond}`
      return `${subject(value)}, ${beyond}${held}`
    case 'recovering':
      return before.level === 'action' && change.level === 'warning'
        ? `${subject(value)}, inside ${inside}${back}`
        : `${subject(value)}, back inside the limit of ${limitOf(condition, lowestOf(condition.limits), quantity)}`
    case 'inactive':
      return before.state === 'pending'
        ? `${subject(value)}, back inside ${inside} before ${durationText(rule.forMs)} were over`
        : `${subject(value)}, inside the limit of ${limitOf(condition, lowestOf(condition.limits), quantity)}${back}`
  }
}

export function lowestOf(limits: Limits): Level | undefined {
  return levels.find((level) => limits[level] !== undefined)
}

function relation(condition: Limited): string {
  return condition.kind === 'threshold' ? condition.direction : 'faster than'
}

function moving(condition: Extract<Condition, { kind: 'rate' }>, { measured }: Change): string {
  if (measured === undefined) return condition.direction
  return measured >= 0 ? 'rising' : 'falling'
}

function limitOf(condition: Limited, level: Level | undefined, { unit }: QuantityDefinition): string {
  const limit = condition.limits[level ?? 'warning'] ?? condition.limits[lowestOf(condition.limits) ?? 'warning'] ?? 0
  return condition.kind === 'rate' ? perTime(limitText(limit, unit), condition.perMs) : limitText(limit, unit)
}

function amountText(condition: Limited, measured: number, { unit, decimals }: QuantityDefinition): string {
  if (condition.kind === 'threshold') return valueText(measured, unit, decimals)
  // A slope is small beside the values it is made of: one decimal more, and its sign is in the word.
  const text = numberText(Math.abs(measured), decimals + 1)
  return perTime(`${text} ${unitText(unit)}`.trim(), condition.perMs)
}

function perTime(amount: string, perMs: number): string {
  return `${amount} per ${durationText(perMs).replace(/^1 /, '')}`
}

function stuckReason(change: Change, condition: Extract<Condition, { kind: 'stuck' }>): string {
  const { quantity, measured, rule } = change
  const name = nameOf(quantity)
  if (change.origin === 'withdrawn') return `late readings show that ${name} did move; the alarm is withdrawn`
  if (change.state === 'recovering') return `${name} moves again`
  if (change.state === 'inactive')
    return rule.recoverMs > 0 ? `${name} has moved for ${durationText(rule.recoverMs)}` : `${name} moves again`
  const value = measured === undefined ? 'one value' : valueText(measured, quantity.unit, quantity.decimals)
  const within = condition.tolerance === 0 ? '' : ` (within ${limitText(condition.tolerance, quantity.unit)})`
  return `${name} has stood at ${value}${within} for ${durationText(condition.forMs)} although readings come`
}

function silenceReason(change: Change): string {
  const { quantity, measured, rule } = change
  const name = nameOf(quantity)
  if (change.state === 'recovering') return `${name} is heard again`
  if (change.state === 'inactive')
    return rule.recoverMs > 0 ? `${name} has been heard for ${durationText(rule.recoverMs)}` : `${name} is heard again`
  const silent = measured === undefined ? 'some time' : durationText(measured)
  return `no reading of ${name} for ${silent}; expected every ${durationText(quantity.expectedIntervalMs)}`
}
