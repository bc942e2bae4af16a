import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { connectAsync } from 'mqtt'
import { openDatabase, Registry } from '../../city/index.ts'
import { allMigrations } from '../../commands/migrations.ts'
import { pump, smallCity } from '../city/small-city.ts'
import { temporaryFolder } from '../support/files.ts'
import { startedProgram } from '../support/running-program.ts'

/*
 * What the command line does to a device, a running program goes by at the very next log-in: a script that makes a
 * credential and uses it in the next line works, and one that revokes it can rely on that. Repeated, because the
 * program also looks by itself now and then.
 */
test('a device that was just added, given another secret or revoked is let in or kept out at once', async () => {
  const folder = temporaryFolder()
  const data = join(folder, 'data')
  const before = await openDatabase(join(data, 'lengthsman.db'), allMigrations)
  const registry = await Registry.open(before, Date.now)
  await registry.importCity({ ...smallCity, assets: [pump('pump-01')] })
  const program = await startedProgram({ LENGTHSMAN_DATA: data }, folder)
  const logIn = async (id: string, password: string) => {
    const settings = { username: id, password, clientId: id, reconnectPeriod: 0 }
    try {
      const client = await connectAsync(`mqtt://127.0.0.1:${program.mqttPort}`, settings)
      await client.endAsync()
      return 'in'
    } catch (error) {
      return (error as Error).message
    }
  }
  const seen: string[] = []
  for (let round = 0; round < 10; round += 1) {
    const id = `logger-${round}`
    const added = await registry.addDevice({ id, title: '', assets: ['pump-01'], subscribes: [] })
    seen.push(await logIn(id, added.secret))
    const rotated = await registry.rotateDevice(id)
    seen.push(await logIn(id, added.secret), await logIn(id, rotated?.secret ?? ''))
    await registry.revokeDevice(id)
    seen.push(await logIn(id, rotated?.secret ?? ''))
  }
  await before.close()
  const refused = 'Connection refused: Not authorized'
  expect(seen).toEqual(Array.from({ length: 10 }, () => ['in', refused, 'in', refused]).flat())
}, 60_000)
