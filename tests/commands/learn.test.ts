import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { parseInvocation } from '../../commands/command.ts'
import { learnCommand } from '../../commands/learn.ts'
import { readModel } from '../../rules/index.ts'
import { noise } from '../rules/detection/noise.ts'
import { temporaryFolder } from '../support/files.ts'

const folder = temporaryFolder()
let files = 0

function fileOf(text: string): string {
  files++
  const path = join(folder, `table-${files}.csv`)
  writeFileSync(path, text)
  return path
}

/** Things whose temperature rises ever faster towards their end. */
function table(units: number, header = 'unit,time', wear = 20): string {
  const next = noise(3)
  const lines = [`${header},temperature,constant`]
  for (let unit = 1; unit <= units; unit++) {
    const life = 50 + Math.floor(10 * Math.abs(next()))
    for (let time = 0; time <= life; time++)
      lines.push(`${unit},${time},${(50 + wear * (time / life) ** 2 + 0.3 * next()).toFixed(2)},7`)
  }
  return lines.join('\n')
}

async function learn(...words: string[]): Promise<string> {
  const said: string[] = []
  const configuration = () => {
    throw new Error('learn needs no configuration')
  }
  await learnCommand.run(parseInvocation(learnCommand, words, { configuration, print: (text) => said.push(text) }))
  return said.join('\n')
}

describe('lengthsman learn', () => {
  test('writes a model with its validation and prints it beside the baselines', async () => {
    const out = join(folder, 'pump.json')
    const said = await learn(fileOf(table(12)), '--out', out, '--step', '1h', '--folds', '3')
    expect(said).toContain('12 runs to failure')
    expect(said).toContain('learnt from temperature')
    for (const name of ['ridge', 'linear time left', 'constant mean', 'watched from mid-life'])
      expect(said).toContain(name)
    const read = readModel(readFileSync(out, 'utf8'))
    expect(read).toMatchObject({
      kind: 'read',
      content: {
        learntFrom: { runs: 12 },
        time: { name: 'step', ms: 3_600_000 },
        validation: { folds: 3, seed: 1 },
        model: { quantities: ['temperature'] },
      },
    })
    if (read.kind !== 'read') throw new Error('not read')
    const [chosen, ...others] = read.content.validation.judgements
    expect(others.map(({ name }) => name)).toContain('linear time left')
    expect(chosen?.figures.useful).toBeGreaterThan(0.8)
  })

  test('warns of a model that knows no more than the mean, and of no other', async () => {
    const out = join(folder, 'noise.json')
    const warning = 'do not tell how long is left'
    expect(await learn(fileOf(table(12, 'unit,time', 0)), '--out', out, '--folds', '3')).toContain(warning)
    expect(await learn(fileOf(table(12)), '--out', out, '--folds', '3')).not.toContain(warning)
  })

  test('the same table and seed give the same file, byte for byte', async () => {
    const path = fileOf(table(10))
    const [one, other] = [join(folder, 'one.json'), join(folder, 'other.json')]
    await learn(path, '--out', one, '--folds', '2')
    await learn(path, '--out', other, '--folds', '2')
    expect(readFileSync(one, 'utf8')).toBe(readFileSync(other, 'utf8'))
  })

  test('takes other names for the columns', async () => {
    const path = fileOf(table(8, 'pump,hour'))
    const out = join(folder, 'named.json')
    await learn(path, '--out', out, '--unit-column', 'pump', '--time-column', 'hour', '--folds', '2')
    expect(existsSync(out)).toBe(true)
  })

  test.each([
    [[], 'COMMAND_INVALID', 'the table is missing'],
    [['nowhere.csv'], 'COMMAND_INVALID', '--out is missing'],
    [['nowhere.csv', '--out', 'm.json'], 'LEARN_TABLE_UNREADABLE', 'nowhere.csv cannot be read'],
    [['TABLE', '--out', 'm.json', '--unit-column', 'pump'], 'LEARN_TABLE_INVALID', ':1: no column "pump"'],
    [['TABLE', '--out', 'm.json', '--quantities', 'mood'], 'COMMAND_INVALID', 'no column "mood"'],
    [['TABLE', '--out', 'm.json', '--quantities', 'constant'], 'COMMAND_INVALID', '"constant" never varies'],
    [['TABLE', '--out', 'm.json', '--folds', '1'], 'COMMAND_INVALID', '--folds 1: expected a whole number from 2'],
    [['TABLE', '--out', 'm.json', '--step', 'often'], 'COMMAND_INVALID', '--step often: expected a duration'],
    [['TABLE', '--out', 'm.json', '--act', '90'], 'COMMAND_INVALID', 'expected each to be less than the next'],
    [['TABLE', '--out', '/nowhere/m.json', '--folds', '2'], 'MODEL_UNWRITABLE', '/nowhere/m.json cannot be written'],
    [['NONE', '--out', 'm.json'], 'LEARN_TABLE_INVALID', '0 units: expected at least 8'],
    [['FEW', '--out', 'm.json'], 'LEARN_TABLE_INVALID', '3 units: expected at least 8'],
  ])('refuses %j', async (words, code, message) => {
    const units = new Map(Object.entries({ TABLE: 8, FEW: 3, NONE: 0 }))
    const named = words.map((word) => (units.has(word) ? fileOf(table(units.get(word) ?? 0)) : word))
    await expect(learn(...named)).rejects.toMatchObject({ code, message: expect.stringContaining(message) })
  })
})
