import { expect, test } from '@jest/globals'
import { hashSecret, makeSecret, secretMatches } from '../../city/device-secrets.ts'

test('a secret can be typed after an option: it never looks like an option itself', () => {
  // One in 64 would begin with a hyphen: a thousand without one are no accident.
  const secrets = Array.from({ length: 1_000 }, makeSecret)
  expect(secrets.filter((secret) => secret.startsWith('-'))).toEqual([])
  expect(new Set(secrets).size).toBe(1_000)
})

test('a secret matches what was kept of it, and nothing else does', () => {
  const secret = makeSecret()
  expect(secretMatches(secret, hashSecret(secret))).toBe(true)
  expect(secretMatches(`${secret}x`, hashSecret(secret))).toBe(false)
  expect(secretMatches(secret, undefined)).toBe(false)
})
