import { mkdirSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { alertsCsv, scoreRecording } from '../../rules/index.ts'
import { temporaryFolder } from '../support/files.ts'
import {
  day,
  quarter,
  seriesText,
  start,
  timestamp,
  timestampText,
  wave,
  write,
  writeGauges,
} from './synthetic-recording.ts'

const usual = { mergeMs: 3_600_000, leadMs: 0, toleranceMs: 0, holdMs: 43_200_000, seed: 1 }

/** Numbers of one row of the printed table. */
function rowOf(lines: readonly string[], name: string): string[] {
  return (lines.find((line) => line.startsWith(name)) ?? '')
    .slice(name.length)
    .trim()
    .split(/\s{2,}/)
}

describe('a folder in the unified layout', () => {
  test('is judged by what is measured, and its labelled events are found', () => {
    const folder = temporaryFolder()
    writeGauges(folder)
    const { lines, judgement } = scoreRecording(folder, usual)
    expect(lines.join('\n')).toContain('judged 2 as river-gauge')
    expect(rowOf(lines, 'as shipped')[0]).toBe('3/3')
    expect(judgement.alerts.map(({ reason }) => reason)).toContain('impossible')
    expect(rowOf(lines, 'nothing')[0]).toBe('0/3')
    expect(rowOf(lines, 'always')[0]).toBe('3/3')
  })

  test('says the same twice, and the same without its labels', () => {
    const [labelled, bare] = [temporaryFolder(), temporaryFolder()]
    writeGauges(labelled)
    writeGauges(bare)
    write(bare, 'events.json', '[]')
    const alerts = alertsCsv(scoreRecording(labelled, usual).judgement)
    expect(alertsCsv(scoreRecording(labelled, usual).judgement)).toBe(alerts)
    expect(alertsCsv(scoreRecording(bare, usual).judgement)).toBe(alerts)
  })

  test('without labels says so, and what it would have said', () => {
    const folder = temporaryFolder()
    write(folder, 'series/weir__temp.csv', seriesText(wave(1)))
    const { lines } = scoreRecording(folder, usual)
    expect(lines.join('\n')).toMatch(/no events\.json: only what was said is counted/)
  })

  test('names odd rows and takes the others', () => {
    const folder = temporaryFolder()
    const rows = wave(1)
    const [first, second, third] = [rows[10], rows[11], rows[12]]
    if (first === undefined || second === undefined || third === undefined) throw new Error('too short')
    const odd = [
      ...rows.slice(0, 10),
      { ...first, written: 'n/a' },
      { ...third },
      { ...second },
      { ...second, written: 99 },
      { at: Number.NaN, written: 5 },
      ...rows.slice(13),
    ]
    write(folder, 'series/weir__temp.csv', seriesText(odd))
    write(folder, 'series/empty__temp.csv', 'epoch_s,value\n')
    write(folder, 'series/other__temp.csv', 'this is no table\n')
    const { lines, judgement } = scoreRecording(folder, usual)
    const text = lines.join('\n')
    expect(text).toContain('series/weir__temp.csv: line 12: "n/a": expected a number')
    expect(text).toContain('series/weir__temp.csv: line 16: "NaN": expected a time')
    expect(text).toContain('line 14: out of order: put at its own time')
    expect(text).toContain('and 2 more odd rows')
    expect(text).toContain('series/empty__temp.csv: left out: no row with a time and a value')
    expect(text).toContain('series/other__temp.csv: left out: "this is no table": expected a time and a value')
    expect(judgement.readings).toBe(rows.length - 1)
  })

  test('counts all odd rows, also where they are too many to be kept', () => {
    const folder = temporaryFolder()
    write(folder, 'series/weir__temp.csv', seriesText(wave(1).reverse()))
    const { lines, judgement } = scoreRecording(folder, usual)
    expect(lines.join('\n')).toContain(`and ${judgement.readings - 1 - 3} more odd rows`)
  })

  test('says of labels that nothing could have found why they are not counted', () => {
    const folder = temporaryFolder()
    write(folder, 'series/weir__temp.csv', seriesText(wave(1)))
    const event = (asset: string, metric: string | null, from: number, to: number) => {
      return { asset, metric, start: start + from * day, end: start + to * day }
    }
    const events = [
      event('weir', 'temp', 40, 41),
      event('weir', 'temp', 1, 2),
      event('weir', 'temp', 45, 44),
      event('weir', null, 40, 41),
      event('dam', 'temp', 40, 41),
    ]
    write(folder, 'events.json', JSON.stringify(events))
    expect(scoreRecording(folder, usual).lines).toContain(
      '1 labelled events counted (of 5; 1 end before alerts count; 1 end before they begin; 2 are of no series here: weir, dam/temp)',
    )
  })

  test("three of a network's sensors have to agree by twos; one alone says nothing", () => {
    const together = start + 40 * day
    const alone = start + 50 * day
    const jumpAt = (moments: readonly number[]) => (at: number, value: number) =>
      moments.some((moment) => at >= moment && at < moment + 2 * quarter) ? value + 40 : value
    const folder = temporaryFolder()
    write(folder, 'series/town__P_J1.csv', seriesText(wave(1, jumpAt([together, alone]))))
    write(folder, 'series/town__L_T1.csv', seriesText(wave(2, jumpAt([together]))))
    write(folder, 'series/town__F_PU1.csv', seriesText(wave(3)))
    const { alerts } = scoreRecording(folder, usual).judgement
    const after = alerts.filter(({ at }) => at >= together * 1_000)
    expect(after.map(({ quantity, at }) => [quantity, at / 1_000])).toEqual([
      ['L_T1', together],
      ['P_J1', together],
    ])
  })
})

describe('a folder in the layout of NAB', () => {
  const windowed = (folder: string, changed: (at: number, value: number) => number) => {
    write(folder, 'data/made/one.csv', timestampText(wave(1, changed)))
    write(folder, 'data/made/two.csv', timestampText(wave(2)))
  }

  test('is scored by its windows, 0 for saying nothing', () => {
    const folder = temporaryFolder()
    const spikeAt = start + 40 * day
    windowed(folder, (at, value) => (at >= spikeAt && at < spikeAt + 4 * quarter ? value + 30 : value))
    const window = [timestamp(spikeAt - 2 * day), timestamp(spikeAt + 2 * day)].map((text) => `${text}.000000`)
    write(folder, 'labels/combined_windows.json', JSON.stringify({ 'made/one.csv': [window], 'made/two.csv': [] }))
    const { lines } = scoreRecording(folder, usual)
    expect(Number(rowOf(lines, 'as shipped')[0])).toBeGreaterThan(50)
    expect(rowOf(lines, 'as shipped')[3]).toBe('1/1')
    expect(rowOf(lines, 'nothing').slice(0, 3)).toEqual(['0.00', '0.00', '0.00'])
  })

  test('needs no labels', () => {
    const folder = temporaryFolder()
    windowed(folder, (_, value) => value)
    expect(scoreRecording(folder, usual).lines.join('\n')).toContain('only what was said is counted')
  })
})

describe('what is no recording', () => {
  test('is refused with what was expected', () => {
    const folder = temporaryFolder()
    const refusal = (path: string) => {
      try {
        scoreRecording(path, usual)
        return undefined
      } catch (error) {
        return error
      }
    }
    expect(refusal(`${folder}/none`)).toMatchObject({ code: 'SCORE_FOLDER_INVALID' })
    expect(refusal(folder)).toMatchObject({ code: 'SCORE_FOLDER_INVALID' })
    mkdirSync(`${folder}/series`)
    expect(refusal(folder)).toMatchObject({ code: 'SCORE_FOLDER_INVALID' })
    write(folder, 'series/weir__temp.csv', seriesText(wave(1)))
    write(folder, 'events.json', '{"no": "list"}')
    expect(refusal(folder)).toMatchObject({ code: 'SCORE_LABELS_INVALID' })
  })
})
