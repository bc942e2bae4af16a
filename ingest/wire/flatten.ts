import type { WireFault } from './parsed.ts'
import { sourceNameLengthMax } from './source-name.ts'
import { checkValue, quoted } from './value.ts'

/** The numbers of a decoded payload by their path, and what else is there. */
export type Flat = {
  readonly numbers: readonly (readonly [name: string, value: number])[]
  /** Names of texts: codecs send them beside the numbers, and they are no readings. */
  readonly texts: readonly string[]
  readonly faults: readonly WireFault[]
  /** More values than `valuesMax`; the rest was not looked at. */
  readonly cutOff: boolean
}

// No codec nests deeper; a document of nothing but brackets could be as deep as it is long.
const depthMax = 8

/**
 * Numbers of a JSON object, nested names joined by a dot (`air.temperature`, `channel.1`), booleans as 1 and 0, nulls
 * left out. Looks at `valuesMax` values at most.
 */
export function flatten(object: Readonly<Record<string, unknown>>, valuesMax: number): Flat {
  const numbers: [string, number][] = []
  const texts: string[] = []
  const faults: WireFault[] = []
  let seen = 0
  let cutOff = false

  const walk = (given: unknown, path: string, depth: number): void => {
    if (typeof given === 'object' && given !== null) {
      if (depth >= depthMax) {
        faults.push({ reason: 'wrong-shape', detail: `${quoted(path)} is nested more than ${depthMax} deep` })
        return
      }
      // A long name would be repeated in front of each of many short ones.
      if (path.length > sourceNameLengthMax) {
        faults.push({ reason: 'wrong-shape', detail: `name ${quoted(path)} is too long` })
        return
      }
      for (const [name, value] of Object.entries(given)) {
        if (cutOff) return
        walk(value, path === '' ? name : `${path}.${name}`, depth + 1)
      }
      return
    }
    seen++
    if (seen > valuesMax) {
      cutOff = true
      return
    }
    if (typeof given === 'boolean') numbers.push([path, given ? 1 : 0])
    else if (typeof given === 'string') texts.push(quoted(path))
    else if (given !== null) {
      const value = checkValue(given, path)
      if (typeof value === 'number') numbers.push([path, value])
      else faults.push(value)
    }
  }

  walk(object, '', 0)
  return { numbers, texts, faults, cutOff }
}
