import { describe, expect, test } from '@jest/globals'
import type { Crew } from '../../city/index.ts'
import { chooseCrew } from '../../tickets/crew-choice.ts'

const crew = (id: string, skills: string[], area: string[] = []): Crew => ({ id, name: id.toUpperCase(), skills, area })
const idle = () => 0

describe('chooseCrew', () => {
  test('goes by skill and district', () => {
    const crews = [crew('a', ['sewer']), crew('b', ['pipes'], ['riverside']), crew('c', ['pipes'], ['oldtown'])]
    expect(chooseCrew(crews, { skill: 'pipes', district: 'oldtown' }, idle)).toEqual({
      crew: crews[2],
      because: 'Assigned to C: has the skill pipes, serves oldtown.',
    })
  })

  test('a crew without an area serves the whole town', () => {
    const crews = [crew('a', ['pipes'])]
    expect(chooseCrew(crews, { skill: 'pipes', district: 'oldtown' }, idle).because).toBe(
      'Assigned to A: has the skill pipes, serves the whole town.',
    )
  })

  test('among several the least busy, then by name', () => {
    const crews = [crew('b', ['pipes']), crew('a', ['pipes']), crew('c', ['pipes'])]
    const open = (id: string) => (id === 'a' ? 3 : 1)
    expect(chooseCrew(crews, { skill: 'pipes', district: 'oldtown' }, open)).toEqual({
      crew: crews[0],
      because: 'Assigned to B: has the skill pipes, serves the whole town, has 1 open ticket, C 1.',
    })
    expect(chooseCrew(crews, { skill: 'pipes', district: 'oldtown' }, idle).crew?.id).toBe('a')
  })

  test('nobody, and why', () => {
    const crews = [crew('b', ['pipes'], ['riverside'])]
    expect(chooseCrew(crews, { skill: 'lifts', district: 'oldtown' }, idle)).toEqual({
      crew: undefined,
      because: 'Not assigned: no crew has the skill lifts.',
    })
    expect(chooseCrew(crews, { skill: 'pipes', district: 'oldtown' }, idle)).toEqual({
      crew: undefined,
      because: 'Not assigned: no crew with the skill pipes serves oldtown (B do not).',
    })
  })
})
