import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'

/** WCAG 1.4.3 and 1.4.11 over the tokens themselves: a colour that is changed without thought fails here. */
const css = readFileSync(join(import.meta.dirname, '../../dashboard/pages/design/tokens.css'), 'utf8')
const tokens = new Map(
  [...css.matchAll(/--([\w-]+): light-dark\((#[\da-f]{3,6}), (#[\da-f]{3,6})\)/g)].map(([, name, light, dark]) => [
    name ?? '',
    { light: light ?? '', dark: dark ?? '' },
  ]),
)

function luminance(colour: string): number {
  const full = colour.length === 4 ? colour.replace(/[\da-f]/g, '$&$&') : colour
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((from) => {
    const share = Number.parseInt(full.slice(from, from + 2), 16) / 255
    return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function contrast(one: string, other: string): number {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (high + 0.05) / (low + 0.05)
}

const textOn: readonly (readonly [string, readonly string[]])[] = [
  ...['ink', 'ink-2', 'ink-3'].map(
    (ink) =>
      [ink, ['paper', 'surface', 'sunken', 'raised', 'accent-soft', 'red-soft', 'amber-soft', 'green-soft']] as const,
  ),
  ...['accent', 'red', 'amber', 'green'].map((tone) => [tone, ['paper', 'surface', 'sunken', `${tone}-soft`]] as const),
  ['on-accent', ['accent', 'accent-strong']],
  ['on-primary', ['primary', 'primary-strong']],
  ['on-red', ['red-solid']],
  ['map-label', ['map-district', 'map-ground']],
]
const shapesOn: readonly (readonly [string, readonly string[]])[] = [
  'red-solid',
  'amber-solid',
  'green-solid',
  'grey-solid',
  'line-strong',
].map((tone) => [tone, ['paper', 'surface', 'sunken', 'map-ground', 'map-district', 'map-water']] as const)

const cases = (pairs: typeof textOn, least: number) =>
  pairs.flatMap(([front, grounds]) =>
    grounds.flatMap((ground) => (['light', 'dark'] as const).map((theme) => ({ front, ground, theme, least }))),
  )

describe('contrast of the design tokens', () => {
  test.each([...cases(textOn, 4.5), ...cases(shapesOn, 3)])(
    '$front on $ground in $theme is at least $least : 1',
    ({ front, ground, theme, least }) => {
      const [fore, back] = [tokens.get(front)?.[theme], tokens.get(ground)?.[theme]]
      expect([typeof fore, typeof back]).toEqual(['string', 'string'])
      expect(contrast(fore ?? '#000', back ?? '#000')).toBeGreaterThanOrEqual(least)
    },
  )
})
