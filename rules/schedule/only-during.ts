import type { CompiledRule } from '../engine/compiled-rule.ts'
import type { Facts } from '../kinds/kind.ts'
import { type Schedule, whenIn } from './schedule.ts'

/**
 * The same rule, judged in its schedule alone. What is read outside of it counts as not seen: it neither holds nor recovers,
 * and an alarm stays as it is until the schedule begins again.
 */
export function onlyDuring(fold: CompiledRule, schedule: Schedule, { timeZone, place }: Facts): CompiledRule {
  const isIn = whenIn(schedule, timeZone, place)
  const { step } = fold
  return {
    ...fold,
    step: (state, offset, at, value, input, trusted) => isIn(at) && step(state, offset, at, value, input, trusted),
  }
}
