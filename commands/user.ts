import { Refusal } from '../city/index.ts'
import { type Role, randomPassword, roles, Users } from '../dashboard/index.ts'
import { type Command, needed } from './command.ts'
import { withRegistry } from './with-registry.ts'

export const userAdd: Command = {
  name: 'user add',
  summary: 'make a login and print its password once',
  usage: `user add NAME --role ${roles.join('|')} [--crew CREW] [--password TEXT]`,
  help: [
    '--role ROLE       what they may do',
    '--crew CREW       whose tickets they see first',
    '--password TEXT   else a random one is made',
  ],
  options: { role: { type: 'string' }, crew: { type: 'string' }, password: { type: 'string' } },
  async run({ words, option, configuration, print }) {
    const name = needed(userAdd, 'the user name', words[0])
    const role = roleNamed(needed(userAdd, '--role', option('role')))
    const password = option('password') ?? randomPassword()
    await withRegistry(configuration(), async (registry, database) => {
      const crew = option('crew')
      if (crew !== undefined && registry.crew(crew) === undefined) {
        const known = registry.crews().map(({ id }) => id)
        throw new Refusal('CREW_UNKNOWN', `there is no crew "${crew}"; known are ${known.join(', ') || 'none yet'}`)
      }
      await new Users(database, Date.now).add({ name, role, password, ...(crew === undefined ? {} : { crew }) })
      print(
        option('password') === undefined
          ? `user ${name} made; password, shown this once:\n\n    ${password}\n`
          : `user ${name} made`,
      )
    })
    return 0
  },
}

export const userList: Command = {
  name: 'user list',
  summary: 'list the logins',
  usage: 'user list',
  async run({ configuration, print }) {
    await withRegistry(configuration(), async (_registry, database) => {
      for (const { name, role, crew } of await new Users(database, Date.now).list())
        print(`${name}\t${role}\t${crew ?? ''}`)
    })
    return 0
  },
}

export const userPassword: Command = {
  name: 'user password',
  summary: 'give a login a new password (also when the first one was lost)',
  usage: 'user password NAME [--password TEXT]',
  options: { password: { type: 'string' } },
  async run({ words, option, configuration, print }) {
    const name = needed(userPassword, 'the user name', words[0])
    const password = option('password') ?? randomPassword()
    await withRegistry(configuration(), async (_registry, database) => {
      await new Users(database, Date.now).setPassword(name, password)
      print(`new password of ${name}, shown this once:\n\n    ${password}\n`)
    })
    return 0
  },
}

function roleNamed(text: string): Role {
  const role = roles.find((known) => known === text)
  if (role === undefined) throw new Refusal('ROLE_UNKNOWN', `"${text}" is no role; roles are ${roles.join(', ')}`)
  return role
}
