import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { backtestCommand } from '../../commands/backtest/backtest.ts'
import { parseInvocation } from '../../commands/command.ts'
import { readConfiguration } from '../../commands/configuration.ts'
import { temporaryFolder } from '../support/files.ts'

const folder = temporaryFolder()

function backtest(data: string, ...words: string[]): Promise<unknown> {
  const configuration = () => readConfiguration({ LENGTHSMAN_DATA: data }, join(folder, 'none.yaml'))
  return backtestCommand.run(parseInvocation(backtestCommand, words, { configuration, print: () => undefined }))
}

test('a data folder that nothing was kept in is refused and not made', async () => {
  const rules = join(folder, 'rules.yaml')
  writeFileSync(rules, 'rules: []\n')
  const data = join(folder, 'mistyped')
  await expect(backtest(data, rules, '--from', '2d')).rejects.toMatchObject({
    code: 'DATA_MISSING',
    message: expect.stringContaining(data),
  })
  expect(existsSync(data)).toBe(false)
})

test.each([
  [['pump-vibration-high'], '--from is missing'],
  [['pump-vibration-high', '--from', 'yesterday'], '--from yesterday: expected a time like'],
  [['pump-vibration-high', '--from', '2026-02-01', '--to', '2026-01-01'], '--to must be after --from'],
  [['no/such/file.yaml', '--from', '2d'], 'no such file; expected a file of rules'],
])('refuses %j', async (words, message) => {
  await expect(backtest(folder, ...words)).rejects.toThrow(message)
})
