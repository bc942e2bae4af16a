import { describe, expect, test } from '@jest/globals'
import { hashPassword, passwordFits, randomPassword } from '../../dashboard/access/passwords.ts'

/** Cheap, so that the suite is quick; what it costs is written into the hash. */
const cheap = { N: 16, r: 1, p: 1 }

describe('password hashes', () => {
  test('fit the password they were made of and no other', async () => {
    const hash = await hashPassword('correct horse battery', cheap)
    expect(await passwordFits('correct horse battery', hash)).toBe(true)
    expect(await passwordFits('correct horse batterz', hash)).toBe(false)
  })

  test('differ for the same password, and say what they cost', async () => {
    const [one, other] = [await hashPassword('same', cheap), await hashPassword('same', cheap)]
    expect(one).not.toBe(other)
    expect(one).toMatch(/^scrypt\$16\$1\$1\$/)
  })

  test('made with another cost can still be read', async () => {
    const hash = await hashPassword('later dearer', { N: 32, r: 2, p: 1 })
    expect(await passwordFits('later dearer', hash)).toBe(true)
  })

  test('take the two ways of writing ü as one', async () => {
    expect(await passwordFits('tür', await hashPassword('tür', cheap))).toBe(true)
  })

  test.each(['', 'x', 'scrypt$16$1$1$abc', 'bcrypt$1$2$3$4$5'])(
    'a text that is no hash (%j) fits nothing',
    async (text) => {
      expect(await passwordFits('x', text)).toBe(false)
    },
  )
})

test('random passwords can be read aloud and are not alike', () => {
  const made = Array.from({ length: 100 }, randomPassword)
  for (const password of made) expect(password).toMatch(/^([a-hjkmnp-z2-9]{4}-){3}[a-hjkmnp-z2-9]{4}$/)
  expect(new Set(made).size).toBe(100)
})
