import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import pino from 'pino'
import { startBroker } from '../../broker/index.ts'
import { openRegistry, smallCity } from '../city/small-city.ts'
import { temporaryFolder } from '../support/files.ts'
import { afterwards, closing, connected } from './support/test-broker.ts'

const folder = temporaryFolder()

/** The program's registry and broker, and the command line beside them on the same file. */
async function programAndCommandLine(name: string) {
  const path = join(folder, name)
  const program = await openRegistry(path)
  await program.registry.importCity(smallCity)
  const broker = await startBroker({
    host: '127.0.0.1',
    port: 0,
    authenticate: (device, secret) => program.registry.authenticate(device, secret),
    receive: async () => {},
    now: Date.now,
    log: pino({ level: 'silent' }),
  })
  program.registry.onCredentialChange((device) => broker.disconnect(device))
  const commandLine = await openRegistry(path)
  afterwards(async () => {
    await broker.close()
    await commandLine.close()
    await program.close()
  })
  return { program: program.registry, commandLine: commandLine.registry, broker }
}

test.each(['revoked', 'given a new secret'])(
  'a device that the command line has %s is cut off at the next look, and its neighbour is not',
  async (what) => {
    const { program, commandLine, broker } = await programAndCommandLine(`${what}.db`)
    const { secret } = await commandLine.addDevice({ id: 'rtu-1', title: '', assets: ['pump-01'], subscribes: [] })
    const other = await commandLine.addDevice({ id: 'rtu-2', title: '', assets: ['pump-02'], subscribes: [] })
    await program.reloadIfChanged()
    const client = await connected(broker, 'rtu-1', { password: secret })
    const neighbour = await connected(broker, 'rtu-2', { password: other.secret })
    await client.publishAsync('telemetry/pump-01/flow', '1', { qos: 1 })

    if (what === 'revoked') await commandLine.revokeDevice('rtu-1')
    else await commandLine.rotateDevice('rtu-1')
    expect(client.connected).toBe(true)
    const closed = closing(client)
    await program.reloadIfChanged()
    await closed
    await expect(connected(broker, 'rtu-1', { password: secret })).rejects.toThrow()
    await neighbour.publishAsync('telemetry/pump-02/flow', '1', { qos: 1 })
    expect(broker.isConnected('rtu-2')).toBe(true)
  },
)

test('an asset that is taken from a device ends the connection that was let in with it', async () => {
  const { program, commandLine, broker } = await programAndCommandLine('assets.db')
  const { secret } = await program.addDevice({ id: 'rtu-1', title: '', assets: ['pump-01', 'pump-02'], subscribes: [] })
  const client = await connected(broker, 'rtu-1', { password: secret })
  const closed = closing(client)
  await commandLine.removeAsset('pump-02')
  await program.reloadIfChanged()
  await closed
})
