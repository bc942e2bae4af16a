import type { CompiledRule } from './compiled-rule.ts'
import { blank, firing, slot } from './slots.ts'

/**
 * A rule that does not believe a sensor while a rule about that sensor itself fires: what is stuck or leaps about says
 * nothing of the asset. The sensor's own watch has those rules beside the others; one rule alone, as a joint watch or a
 * backtest judges it, carries them along, each input its own.
 */
export function guarded(rule: CompiledRule, guardsOf: readonly (readonly CompiledRule[])[]): CompiledRule {
  if (guardsOf.every((guards) => guards.length === 0)) return rule
  let width = rule.width
  const offsetsOf = guardsOf.map((guards) =>
    guards.map((guard) => {
      width += guard.width
      return width - guard.width
    }),
  )
  return {
    ...rule,
    width,
    // Its guards see what quality control doubts.
    judgesDoubtful: true,
    begin(state, offset) {
      blank(state, offset, rule.width)
      for (const [input, guards] of guardsOf.entries())
        for (const [index, guard] of guards.entries())
          blank(state, offset + (offsetsOf[input]?.[index] as number), guard.width)
    },
    step(state, offset, at, value, input, trusted) {
      const guards = guardsOf[input] as readonly CompiledRule[]
      const offsets = offsetsOf[input] as readonly number[]
      let believed = trusted
      for (let index = 0; index < guards.length; index++) {
        const guard = guards[index] as CompiledRule
        const place = offset + (offsets[index] as number)
        if (trusted || guard.judgesDoubtful) guard.step(state, place, at, value, 0, trusted)
        if ((state[place + slot.state] as number) >= firing) believed = false
      }
      return (believed || rule.judgesDoubtful) && rule.step(state, offset, at, value, input, believed)
    },
  }
}
