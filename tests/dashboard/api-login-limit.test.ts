import { describe, expect, test } from '@jest/globals'
import { LoginLimit } from '../../dashboard/access/login-limit.ts'

const start = Date.UTC(2026, 4, 4)

/** Tries again as soon as it may; gives the waits. */
function guess(limit: LoginLimit, times: number, who: (n: number) => { user: string; address: string }): number[] {
  let at = start
  return Array.from({ length: times }, (_, n) => {
    const { user, address } = who(n)
    const { waitMs } = limit.attempt(user, address, at)
    if (waitMs > 0) {
      at += waitMs
      expect(limit.attempt(user, address, at).waitMs).toBe(0)
    }
    return waitMs
  })
}

describe('LoginLimit', () => {
  test('lets a person mistype five times, then waits twice as long each time, a minute at most', () => {
    const waits = guess(new LoginLimit(), 14, (n) => ({ user: 'mara', address: `10.0.0.${n}` }))
    expect(waits.slice(0, 5)).toEqual([0, 0, 0, 0, 0])
    expect(waits.slice(5)).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60].map((seconds) => seconds * 1_000))
  })

  test('slows an address that tries many users, up to a quarter of an hour', () => {
    const waits = guess(new LoginLimit(), 40, (n) => ({ user: `user-${n}`, address: '203.0.113.9' }))
    expect(waits.slice(0, 20).every((wait) => wait === 0)).toBe(true)
    expect(waits.at(-1)).toBe(900_000)
  })

  test('counts tries that are made at once, before any of them has failed', () => {
    const limit = new LoginLimit()
    const waits = Array.from({ length: 100 }, () => limit.attempt('mara', '10.0.0.1', start).waitMs)
    expect(waits.filter((wait) => wait === 0)).toHaveLength(5)
  })

  test('a right password starts the user afresh', () => {
    const limit = new LoginLimit()
    for (let n = 0; n < 5; n++) limit.attempt('mara', '10.0.0.1', start)
    limit.succeeded('mara', '10.0.0.1')
    expect(limit.attempt('mara', '10.0.0.1', start).waitMs).toBe(0)
  })

  test('an office that logs in all day is never slowed', () => {
    const limit = new LoginLimit()
    for (let n = 0; n < 500; n++) {
      expect(limit.attempt(`user-${n}`, '10.0.0.1', start + n).waitMs).toBe(0)
      limit.succeeded(`user-${n}`, '10.0.0.1')
    }
  })

  test('forgets after an hour without a try', () => {
    const limit = new LoginLimit()
    for (let n = 0; n < 5; n++) limit.attempt('mara', '10.0.0.1', start)
    expect(limit.attempt('mara', '10.0.0.1', start + 3_600_001).waitMs).toBe(0)
    expect(limit.attempt('mara', '10.0.0.1', start + 3_600_002).waitMs).toBe(0)
  })
})
