import { isMap, isScalar, parseDocument, type Scalar } from 'yaml'
import type { QuantityDefinition } from '../../city/index.ts'
import { type Level, type Limits, levels, type Rule } from '../rule.ts'

/** A rule whose limit can be moved, and which way is quieter. */
export type Movable = {
  readonly limits: Limits
  /** The level that decides whether there is a ticket at all. */
  readonly lowest: Level
  readonly limit: number
  /** 1 where a higher limit is quieter, -1 where a lower one is. */
  readonly quieter: 1 | -1
}

/** `undefined` for a rule without a limit to move: a silence, a sensor that is stuck. */
export function movable({ condition }: Rule): Movable | undefined {
  if (!('limits' in condition)) return undefined
  const { limits } = condition
  const lowest = levels.find((level) => limits[level] !== undefined)
  const limit = lowest && limits[lowest]
  if (lowest === undefined || limit === undefined) return undefined
  const quieter = 'direction' in condition && condition.direction === 'below' ? -1 : 1
  return { limits, lowest, limit, quieter }
}

/** The same rule with its lowest limit elsewhere; the action limit keeps its distance. */
export function withLimit(rule: Rule, limit: number): Rule {
  const found = movable(rule)
  if (found === undefined) return rule
  return { ...rule, condition: { ...rule.condition, limits: movedLimits(found, limit) } as Rule['condition'] }
}

export function movedLimits({ limits, lowest, limit: before }: Movable, limit: number): Limits {
  if (lowest === 'action' || limits.action === undefined) return { [lowest]: limit }
  return { warning: limit, action: tidy(limits.action + limit - before) }
}

// From much sharper to much quieter than now, in steps that are each a tenth or so further from what is usual.
const factors = [0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.2, 1.35, 1.5, 1.7, 1.9, 2.2, 2.5]

/**
 * Limits worth trying, the sharpest first: nearer to and further from what is usual than the one in force, which is among
 * them.
 */
export function limitsToTry(
  { limit, quieter }: Movable,
  usual: number,
  { range, decimals }: Pick<QuantityDefinition, 'range' | 'decimals'>,
  isPlain: boolean,
): readonly number[] {
  const distance = (limit - usual) * quieter
  // A limit on the wrong side of what is usual fires always: it is tried from there outwards.
  const unit = distance > 0 ? distance : isPlain ? (range.max - range.min) / 20 : Math.abs(limit) || 1
  // One digit more than is shown tells limits apart, and can still be said aloud.
  const places = Math.min(6, decimals + 1)
  const tried = factors.map((factor) => Number((usual + quieter * unit * factor).toFixed(places)))
  const possible = tried.filter((each) => !isPlain || (each > range.min && each < range.max))
  return [...new Set([...possible, limit])].sort((one, other) => (one - other) * quieter)
}

/** Of floating point: 7.1 + 0.2 is 7.3. */
function tidy(value: number): number {
  return Number(value.toPrecision(12))
}

/** The rule's text with the limits moved, and nothing else of it touched; `undefined` where they do not stand in it as numbers. */
export function textWithLimit(rule: Rule, limit: number): string | undefined {
  const found = movable(rule)
  if (found === undefined) return undefined
  const wanted = movedLimits(found, limit)
  const when = parseDocument(rule.text).get('when')
  if (!isMap(when)) return undefined
  const splices: { readonly from: number; readonly to: number; readonly text: string }[] = []
  for (const level of levels) {
    const [before, after] = [found.limits[level], wanted[level]]
    if (before === undefined || after === undefined) continue
    const scalar = when.items.flatMap(({ value }) => scalarsOf(value, level)).find((each) => numberIn(each) === before)
    const range = scalar?.range
    if (scalar === undefined || !range) return undefined
    const written = rule.text.slice(range[0], range[1])
    splices.push({
      from: range[0],
      to: range[1],
      text: written.replace(/[+-]?\d+(\.\d+)?(e[+-]?\d+)?/i, String(after)),
    })
  }
  splices.sort((one, other) => other.from - one.from)
  return splices.reduce((text, { from, to, text: part }) => text.slice(0, from) + part + text.slice(to), rule.text)
}

function scalarsOf(value: unknown, level: Level): Scalar[] {
  if (isScalar(value)) return level === 'warning' ? [value] : []
  if (!isMap(value)) return []
  const held = value.get(level, true)
  return isScalar(held) ? [held] : []
}

function numberIn({ value }: Scalar): number | undefined {
  if (typeof value === 'number') return value
  const match = /^\s*([+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?)(?:\s|$)/i.exec(String(value))
  return match === null ? undefined : Number(match[1])
}
