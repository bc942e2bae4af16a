import { expect, test } from '@jest/globals'
import { mayDo, permissions } from '../../dashboard/access/permissions.ts'
import { principals } from '../../dashboard/api/schema.ts'

/** Who may do what, as people say it; written apart from the code on purpose. */
const matrix = `
                 reporter  viewer  crew  engineer  admin
city:read        -         yes     yes   yes       yes
assets:edit      -         -       -     yes       yes
alarms:act       -         -       -     yes       yes
tickets:act      -         -       yes   yes       yes
devices:read     -         -       -     yes       yes
devices:edit     -         -       -     yes       yes
quarantine:read  -         -       -     yes       yes
quarantine:edit  -         -       -     yes       yes
readings:write   yes       -       -     yes       yes
rules:try        -         -       -     yes       yes
rules:edit       -         -       -     yes       yes
users:edit       -         -       -     -         yes
`

const [head = [], ...rows] = matrix
  .trim()
  .split('\n')
  .map((line) => line.trim().split(/\s+/))

test.each(rows.map(([permission = '', ...cells]) => ({ permission, cells })))(
  '$permission',
  ({ permission, cells }) => {
    const known = permissions.find((each) => each === permission)
    expect(known).toBeDefined()
    for (const [column, name] of head.entries()) {
      const principal = principals.find((each) => each === name)
      if (principal === undefined || known === undefined) throw new Error(`no principal ${name}`)
      expect([name, mayDo(principal, known)]).toEqual([name, cells[column] === 'yes'])
    }
  },
)

test('the matrix is complete', () => {
  expect(rows.map(([permission]) => permission)).toEqual([...permissions])
  expect([...head].sort()).toEqual([...principals].sort())
})
