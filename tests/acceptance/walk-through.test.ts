import { spawnSync } from 'node:child_process'
import { readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { ApiClient, eventually } from '../support/api-client.ts'
import { temporaryFolder } from '../support/files.ts'
import { root, startedProgram } from '../support/running-program.ts'

/** The README's walk-through, word for word: its own commands, taken from the file, with only the ports and the secret put in. */

const readme = readFileSync(join(root, 'README.md'), 'utf8')
const chapter = /## Connect a device[\s\S]*?(?=\n## )/.exec(readme)?.[0] ?? ''
const [importPump, addDevice, sendReading, crossLimit, misspell] = [...chapter.matchAll(/```sh\n([\s\S]*?)```/g)].map(
  (block) => block[1] ?? '',
)
const hasMosquitto = spawnSync('mosquitto_pub', ['--help']).error === undefined
const walk = hasMosquitto || process.env['CI'] !== undefined ? test : test.skip
if (!hasMosquitto)
  process.stderr.write('skipped: the walk-through needs mosquitto_pub (Debian: apt install mosquitto-clients)\n')

describe('README', () => {
  walk(
    'connect a device, see its value, cross a limit, get the ticket, finish it',
    async () => {
      const folder = temporaryFolder()
      symlinkSync(join(root, 'bin'), join(folder, 'bin'))
      const data = join(folder, 'data')
      const program = await startedProgram({ LENGTHSMAN_DATA: data }, folder)
      const api = await ApiClient.login(program.url, 'admin', program.adminPassword)
      let secret = ''
      const shell = (block: string | undefined): string => {
        const script = (block ?? '').replaceAll('-p 1883', `-p ${program.mqttPort}`).replace('SECRET=…', '')
        const ran = spawnSync('bash', ['-euc', script], {
          cwd: folder,
          encoding: 'utf8',
          env: { ...process.env, LENGTHSMAN_DATA: data, SECRET: secret },
        })
        expect({ script, code: ran.status, said: ran.stderr }).toEqual({ script, code: 0, said: ran.stderr })
        return ran.stdout
      }

      expect(shell(importPump)).toContain('took 1 assets')
      secret = /\n {4}(\S+)\n/.exec(shell(addDevice))?.[1] ?? ''
      shell(sendReading)
      type AssetPage = { sensors: { quantity: string; latest: { value: number } | null }[] }
      await eventually(
        () => api.get<AssetPage>('/api/v1/assets/my-pump'),
        ({ sensors }) => sensors.some(({ quantity, latest }) => quantity === 'vibration' && latest?.value === 2.1),
      )

      shell(crossLimit)
      type TicketList = { items: { number: number; asset: string; failureMode: string; state: string }[] }
      const { items } = await eventually(
        () => api.get<TicketList>('/api/v1/tickets?asset=my-pump'),
        (answer) => answer.items.length === 1,
      )
      expect(items[0]).toMatchObject({ asset: 'my-pump', failureMode: 'bearing-wear', state: 'open' })
      const path = `/api/v1/tickets/${items[0]?.number}`
      const ticket = await eventually(
        () =>
          api.get<{ evidence: { series: { sensor: string; at: number[] }[] } | null; cause: { ruleVersion: string } }>(
            path,
          ),
        ({ evidence }) => evidence !== null,
      )
      expect(ticket.evidence?.series.find(({ sensor }) => sensor === 'my-pump/vibration')?.at.length).toBeGreaterThan(5)
      expect(ticket.cause.ruleVersion).toMatch(/^[0-9a-f]{12}$/)

      for (const action of ['acknowledge', 'start', 'finish'])
        await api.post(`${path}/${action}`, { note: 'by the book' })
      expect((await api.get<{ state: string }>(path)).state).toBe('verifying')

      shell(misspell)
      type Quarantine = { items: { reason: string; suggestion: string | null }[] }
      const quarantine = await eventually(
        () => api.get<Quarantine>('/api/v1/quarantine'),
        (answer) => answer.items.length === 1,
      )
      expect(quarantine.items[0]?.suggestion).toBe('my-pump/vibration')
    },
    60_000,
  )
})
