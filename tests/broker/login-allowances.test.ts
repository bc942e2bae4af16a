import { expect, test } from '@jest/globals'
import { LoginAllowances, rememberedMax } from '../../broker/login-allowances.ts'

const rate = { perSecond: 0.2, burst: 3 }

test('a name that fails too often waits at that address, and nobody else does', () => {
  const allowances = new LoginAllowances(rate)
  for (let times = 0; times < 10; times += 1) allowances.failed('10.0.0.1', 'logger-1', 0)
  const mayTry = (address: string, name: string, at: number) => allowances.mayTry(address, name, at)
  expect(mayTry('10.0.0.1', 'logger-1', 4_000)).toBe(false)
  expect([mayTry('10.0.0.1', 'logger-2', 4_000), mayTry('10.0.0.2', 'logger-1', 4_000)]).toEqual([true, true])
  // However long it went on failing, it may try again as soon as one try has come back.
  expect(mayTry('10.0.0.1', 'logger-1', 5_000)).toBe(true)
})

test('names without end are not remembered without end; the one longest without a failure goes', () => {
  const allowances = new LoginAllowances(rate)
  for (let times = 0; times < 3; times += 1) {
    allowances.failed('10.0.0.1', 'quiet', 0)
    allowances.failed('10.0.0.1', 'steady', 0)
  }
  for (let at = 0; at < rememberedMax - 1; at += 1) {
    if (at === 100) allowances.failed('10.0.0.1', 'steady', 0)
    allowances.failed('10.0.0.1', `made-up-${at}`, 0)
  }
  expect([allowances.mayTry('10.0.0.1', 'quiet', 0), allowances.mayTry('10.0.0.1', 'steady', 0)]).toEqual([true, false])
})
