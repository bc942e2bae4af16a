import { describe, expect, test } from '@jest/globals'
import { assetStateOf } from '../../dashboard/live/asset-state.ts'
import type { Hiding } from '../../rules/index.ts'

type Judged = Parameters<typeof assetStateOf>[0][number]

const alarm = (part: Partial<Judged> = {}): Judged => ({
  state: 'firing',
  level: 'warning',
  hiddenBy: undefined,
  rule: { condition: { kind: 'threshold' } },
  ...part,
})
const silence = { condition: { kind: 'silence' } }
const shelved: Hiding = { kind: 'shelved', reason: 'cleaning', by: 'mara', until: 0 }

describe('assetStateOf', () => {
  test.each<[string, Judged[], string]>([
    ['no alarms: normal', [], 'normal'],
    ['a firing warning', [alarm()], 'warning'],
    ['a firing action', [alarm({ level: 'action' })], 'action'],
    ['the worst of several wins', [alarm(), alarm({ level: 'action' }), alarm({ rule: silence })], 'action'],
    ['warning before silent', [alarm({ rule: silence, level: 'action' }), alarm()], 'warning'],
    ['silence is silent at either level', [alarm({ rule: silence, level: 'action' })], 'silent'],
    ['pending does not count yet', [alarm({ state: 'pending', level: 'action' })], 'normal'],
    ['recovering still counts', [alarm({ state: 'recovering', level: 'action' })], 'action'],
    ['inactive does not count', [alarm({ state: 'inactive', level: undefined })], 'normal'],
    ['what is hidden does not count', [alarm({ level: 'action', hiddenBy: shelved }), alarm()], 'warning'],
  ])('%s', (_, alarms, state) => {
    expect(assetStateOf(alarms)).toBe(state)
  })
})
