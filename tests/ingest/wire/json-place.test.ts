import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { whereJsonFails } from '../../../ingest/wire/json-place.ts'

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

describe('where a text stops being JSON', () => {
  test.each([
    ['{"value":3.2;}', 12],
    ['{"value":3.2,}', 13],
    ['[1,]', 3],
    ['{"a":tru}', 8],
    ['{"a":trux}', 8],
    ['01', 1],
    ['1.e5', 2],
    ['-', 1],
    ['-x', 1],
    ['.5', 0],
    ['"a\\x"', 3],
    ['"a\\u12g4"', 6],
    ['"tab\t"', 4],
    ['{"a" 1}', 5],
    ['{1:2}', 1],
    ['[1 2]', 3],
    ['[1}', 2],
    ['1 2', 2],
    ['NaN', 0],
    ['nul', 3],
    ['', 0],
    ['{"value":3.2,"unit"', 19],
    ['"open', 5],
    ['"open\\', 6],
    ['[[[', 3],
  ])('%j: at %d', (text, at) => {
    expect([isJson(text), whereJsonFails(text)]).toEqual([false, at])
  })

  test('a text is found faulty when and only when the engine says that it is no JSON', () => {
    const hurt = fc
      .tuple(
        fc.json({ maxDepth: 4 }),
        fc.nat(),
        fc.constantFrom('', '"', '\\', ',', ':', '{', ']', '-', '.', 'e', 't', '0', ' ', '\u0007', 'ü'),
        fc.boolean(),
      )
      .map(([text, place, letter, isCut]) => {
        const at = place % (text.length + 1)
        return isCut ? text.slice(0, at) + letter : text.slice(0, at) + letter + text.slice(at + 1)
      })
    fc.assert(
      fc.property(hurt, (text) => {
        const at = whereJsonFails(text)
        expect(at === undefined).toBe(isJson(text))
        // What comes before the place could have become JSON; with the character there, nothing that follows can mend it.
        if (at !== undefined && at < text.length) expect(whereJsonFails(text.slice(0, at + 1))).toBe(at)
      }),
      { numRuns: 5_000 },
    )
  })

  test('the deepest nesting that a frame has room for is walked over', () => {
    const deep = '['.repeat(130_000)
    expect(whereJsonFails(deep)).toBe(deep.length)
    expect(whereJsonFails(`${deep}${']'.repeat(130_000)}`)).toBeUndefined()
  })
})
