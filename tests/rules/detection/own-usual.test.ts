import { expect, test } from '@jest/globals'
import { offUsual, ownUsualSlots } from '../../../rules/detection/own-usual.ts'

const minute = 60_000
const hour = 60 * minute
const own = { learnMs: 168 * hour, overMs: 24 * hour }

/** A pump whose efficiency is 24 by day and 19 by night, from its first hour to its last but for a hole. */
function offAfter(hours: number, hole: { readonly from: number; readonly to: number }, wear = 1): number[] {
  const state = new Float64Array(ownUsualSlots).fill(Number.NaN)
  const said: number[] = []
  for (let at = 0; at <= hours * hour; at += minute) {
    if (at > hole.from * hour && at < hole.to * hour) continue
    const isNight = (at / hour) % 24 < 6
    said.push(offUsual(own, state, 0, at, (isNight ? 19 : 24) * (at > hole.to * hour ? wear : 1)))
  }
  return said.filter((each) => !Number.isNaN(each))
}

test('what is as usual stays near its usual', () => {
  expect(Math.min(...offAfter(400, { from: 0, to: 0 }))).toBeGreaterThan(-6)
})

test('the first reading after a hole of a day does not stand for the day', () => {
  // It ends in the night, when the pump works at its worst.
  const said = offAfter(280, { from: 238, to: 266 })
  expect(Math.min(...said)).toBeGreaterThan(-6)
})

test('what is worse from then on is seen within two days', () => {
  const said = offAfter(266 + 48, { from: 238, to: 266 }, 0.8)
  expect(said.at(-1)).toBeLessThan(-15)
})
