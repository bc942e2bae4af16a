import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type Database, FileFaults, openDatabase, Refusal, Registry } from '../../city/index.ts'
import { type Command, parseInvocation } from '../../commands/command.ts'
import { readConfiguration } from '../../commands/configuration.ts'
import { deviceAdd, deviceList, deviceRevoke, deviceRotate, deviceSnippet } from '../../commands/device.ts'
import { addFromCsv } from '../../commands/device-csv.ts'
import { allMigrations } from '../../commands/migrations.ts'
import { smallCity } from '../city/small-city.ts'
import { temporaryFolder } from '../support/files.ts'

const folder = temporaryFolder()
const environment = { LENGTHSMAN_DATA: folder, LENGTHSMAN_HOST: '0.0.0.0', LENGTHSMAN_MQTT_PORT: '18830' }

/** What the command prints, run beside the "server" below on the same file. */
async function ran(command: Command, ...words: string[]): Promise<string> {
  const lines: string[] = []
  const surroundings = {
    configuration: () => readConfiguration(environment, join(folder, 'none.yaml')),
    print: (text: string) => void lines.push(text),
  }
  expect(await command.run(parseInvocation(command, words, surroundings))).toBe(0)
  return lines.join('\n')
}

async function refused(work: Promise<unknown>): Promise<Refusal> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof Refusal)) throw new Error(`no Refusal: ${String(error)}`)
  return error
}

let database: Database
let server: Registry
beforeAll(async () => {
  database = await openDatabase(join(folder, 'lengthsman.db'), allMigrations)
  server = await Registry.open(database, Date.now)
  await server.importCity(smallCity)
})
afterAll(() => database.close())

describe('device add, list, rotate, revoke', () => {
  test('a device is made, listed, given a new secret, and shut out; the server follows each', async () => {
    const made = JSON.parse(
      await ran(deviceAdd, 'rtu-1', '--asset', 'pump-01', '--publish', 'spBv1.0/p/#', '--title', 'RTU', '--json'),
    )
    expect(made).toMatchObject({ id: 'rtu-1', title: 'RTU', assets: ['pump-01'], publishes: ['spBv1.0/p/#'] })
    await server.reloadIfChanged()
    expect(server.authenticate('rtu-1', made.secret).kind).toBe('accepted')
    expect(await ran(deviceList)).toBe('rtu-1\tpump-01, spBv1.0/p/#')
    expect(JSON.parse(await ran(deviceList, '--json'))).toEqual([
      expect.objectContaining({ id: 'rtu-1', revokedAt: null }),
    ])
    expect(await ran(deviceList, '--json')).not.toContain('secret')

    const changed: string[] = []
    const stop = server.onCredentialChange((device) => changed.push(device))
    const rotated = JSON.parse(await ran(deviceRotate, 'rtu-1', '--json'))
    await server.reloadIfChanged()
    expect(server.authenticate('rtu-1', made.secret).kind).toBe('refused')
    expect(server.authenticate('rtu-1', rotated.secret).kind).toBe('accepted')
    expect(await ran(deviceRevoke, 'rtu-1')).toContain('rtu-1 is revoked')
    await server.reloadIfChanged()
    expect(server.authenticate('rtu-1', rotated.secret)).toEqual({ kind: 'refused', reason: 'revoked' })
    expect(changed).toEqual(['rtu-1', 'rtu-1'])
    stop()
    expect(await ran(deviceList)).toMatch(/^rtu-1\t.*\trevoked \d{4}-/)
  })

  test('in words: the secret and a line to try it', async () => {
    const said = await ran(deviceAdd, 'rtu-2', '--asset', 'pump-02')
    const [, secret] = /shown this once:\n\n {4}(\S+)/.exec(said) ?? []
    expect(said).toContain(`-p 18830 -i rtu-2 -u rtu-2 -P ${secret} -q 1 -t telemetry/pump-02/vibration`)
  })

  const wrong: [Command, string[], string, string][] = [
    [deviceRotate, ['nobody'], 'DEVICE_UNKNOWN', 'there is no device "nobody": see `lengthsman device list`'],
    [deviceRevoke, ['nobody'], 'DEVICE_UNKNOWN', 'no device "nobody"'],
    [deviceSnippet, ['nobody'], 'DEVICE_UNKNOWN', 'no device "nobody"'],
    [deviceRevoke, [], 'COMMAND_INVALID', 'usage: lengthsman device revoke ID'],
    [deviceAdd, ['rtu-2'], 'DEVICE_INVALID', 'there is one of this id already'],
    [deviceAdd, ['rtu-3', '--asset', 'pump-2'], 'DEVICE_INVALID', 'did you mean "pump-02"?'],
    [deviceAdd, ['rtu-3', '--publish', '#'], 'DEVICE_INVALID', 'takes in everything'],
    [deviceAdd, ['--csv', 'x.csv'], 'COMMAND_INVALID', '--out FILE'],
    [deviceSnippet, ['rtu-2', '--for', 'cobol'], 'COMMAND_INVALID', 'mosquitto, arduino, esphome, python'],
    [deviceSnippet, ['rtu-2', '--tls'], 'COMMAND_INVALID', 'LENGTHSMAN_MQTT_TLS_PORT'],
    [deviceList, ['--jsn'], 'COMMAND_INVALID', 'usage: lengthsman device list'],
  ]
  test.each(wrong.map(([command, words, code, message]) => ({ name: command.name, command, words, code, message })))(
    '$name $words is refused: $message',
    async ({ command, words, code, message }) => {
      const error = await refused((async () => ran(command, ...words))())
      expect([error.code, error.message]).toEqual([code, expect.stringContaining(message)])
    },
  )
})

describe('device snippet', () => {
  test('prints one as it is pasted, all with their names, or JSON', async () => {
    const python = await ran(deviceSnippet, 'rtu-2', '--for', 'python', '--secret', 'burnt-into-the-rom')
    expect(python).toContain('client.username_pw_set("rtu-2", "burnt-into-the-rom")')
    expect(python).not.toContain('mosquitto_pub')
    expect(await ran(deviceSnippet, 'rtu-2')).toMatch(/# mosquitto_pub[\s\S]*# Arduino[\s\S]*# ESPHome[\s\S]*# Python/)
    const all = JSON.parse(await ran(deviceSnippet, 'rtu-2', '--json'))
    expect(all.map((snippet: { for: string }) => snippet.for)).toHaveLength(4)
  })
})

describe('device add --csv', () => {
  const table = (name: string, text: string) => {
    const path = join(folder, name)
    writeFileSync(path, text)
    return path
  }

  test('makes all, and gives the secrets to a file that only its owner reads', async () => {
    const out = join(folder, 'secrets.csv')
    const csv = table(
      'devices.csv',
      'title,id,assets,publishes\n"Logger, mill",log-1,pump-01 pump-02,\n,log-2,,v3/a/#\n',
    )
    expect(await ran(deviceAdd, '--csv', csv, '--out', out)).toBe(`2 devices made; their secrets are in ${out}`)
    expect(statSync(out).mode & 0o777).toBe(0o600)
    const [heading, ...lines] = readFileSync(out, 'utf8').trim().split('\n')
    expect(heading).toBe('id,secret')
    await server.reloadIfChanged()
    for (const line of lines) {
      const [id = '', secret = ''] = line.split(',')
      expect(server.authenticate(id, secret).kind).toBe('accepted')
    }
    expect(server.device('log-1')).toMatchObject({ title: 'Logger, mill', assets: ['pump-01', 'pump-02'] })
    expect(server.device('log-2')?.publishes).toEqual(['v3/a/#'])
    const again = await refused(ran(deviceAdd, '--csv', table('more.csv', 'id\nlog-3\n'), '--out', out))
    expect([again.code, readFileSync(out, 'utf8')]).toEqual(['SECRETS_FILE_EXISTS', [heading, ...lines, ''].join('\n')])
    expect(server.device('log-3')).toBeUndefined()
  })

  test('tells every fault at its line and column, and makes nothing', async () => {
    const out = join(folder, 'never.csv')
    const csv = table(
      'wrong.csv',
      'id;assets;publishes;tittle\nlog-7;pump-01;;\nLog 8;pump-1;;\nrtu-2;;a/#/b;\nlog-7;;#;\n;;;x\n',
    )
    const error = await ran(deviceAdd, '--csv', csv, '--out', out).catch((thrown: unknown) => thrown)
    if (!(error instanceof FileFaults)) throw error
    const places = error.faults.map(({ line, column, message }) => `${line}:${column ?? ''} ${message}`)
    expect(places).toEqual([
      '1: unknown column "tittle"; did you mean "title"?',
      '3:1 device "Log 8": id "Log 8": expected lower-case letters, digits and single hyphens, at most 64',
      '3:7 device "Log 8": asset "pump-1": no such asset; did you mean "pump-01"?',
      '4:1 device "rtu-2": there is one of this id already; rotate its secret or choose another id',
      '4:8 device "rtu-2": may not publish on "a/#/b": that is not an MQTT topic filter',
      '5:1 device "log-7": id "log-7" is used twice',
      '5:8 device "log-7": may not publish on "#": it takes in everything; begin with the name of a topic',
      expect.stringMatching(/^6:1 device "": id ""/),
    ])
    expect(existsSync(out)).toBe(false)
    await server.reloadIfChanged()
    expect(server.device('log-7')).toBeUndefined()
  })

  test.each([
    ['in the letters of an old spreadsheet', Buffer.from('id,title\nlog-11,Pump\nlog-12,M\u00fchle\n', 'latin1'), 3],
    ['in UTF-16', Buffer.from('\ufeffid\nlog-11\n', 'utf16le'), 1],
  ])('a table %s is refused whole', async (_, bytes, line) => {
    const csv = join(folder, 'letters.csv')
    writeFileSync(csv, bytes)
    const error = await ran(deviceAdd, '--csv', csv, '--out', join(folder, 'never.csv')).catch(
      (thrown: unknown) => thrown,
    )
    if (!(error instanceof FileFaults)) throw error
    expect(error.faults).toEqual([{ file: csv, line, message: expect.stringContaining('is not UTF-8') }])
  })

  test('where the devices cannot be committed, no file with their secrets is left behind', async () => {
    const out = join(folder, 'left.csv')
    const written: string[] = []
    const busy = {
      assets: () => server.assets(),
      devices: () => server.devices(),
      addDevices: (async (drafts, handOver) => {
        const [draft] = drafts
        if (draft === undefined) throw new Error('no draft')
        await handOver?.([{ device: { publishes: [], ...draft, createdAt: 0 }, secret: 'made-and-never-used' }])
        written.push(readFileSync(out, 'utf8'))
        throw new Refusal('DATABASE_BUSY', 'the database is locked')
      }) satisfies Registry['addDevices'],
    }
    const { code } = await refused(addFromCsv(busy, table('busy.csv', 'id\nlog-10\n'), out))
    expect([code, written]).toEqual(['DATABASE_BUSY', ['id,secret\nlog-10,made-and-never-used\n']])
    expect(existsSync(out)).toBe(false)
  })

  test('where the secrets cannot be written, no device is made', async () => {
    const csv = table('fine.csv', 'id\nlog-9\n')
    const nowhere = await refused(ran(deviceAdd, '--csv', csv, '--out', join(folder, 'no-such-folder', 's.csv')))
    expect(nowhere.code).toBe('SECRETS_FILE_UNWRITABLE')
    // A device file that takes nothing, as a full disk does.
    if (existsSync('/dev/full')) {
      const made = server.addDevices([{ id: 'log-9', title: '', assets: [], subscribes: [] }], async () => {
        writeFileSync('/dev/full', 'secret')
      })
      await expect(made).rejects.toThrow('ENOSPC')
    }
    await server.reloadIfChanged()
    expect(server.device('log-9')).toBeUndefined()
    expect(server.authenticate('log-9', 'anything').kind).toBe('refused')
  })
})
