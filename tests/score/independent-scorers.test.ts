import { execFileSync } from 'node:child_process'
import { existsSync, realpathSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { temporaryFolder } from '../support/files.ts'
import { root, runLengthsman } from '../support/running-program.ts'

/** Scorers that share no line with ours read what was written, and come to the figures that were printed. */

const data = resolve(root, '../shared/data')
const recorded = existsSync(data) || process.env['CI'] !== undefined ? describe : describe.skip
if (!existsSync(data)) process.stderr.write(`skipped: the recorded series are not at ${data}\n`)

function rowOf(lines: readonly string[], name: string): string[] {
  return (lines.find((line) => line.startsWith(name)) ?? '')
    .slice(name.length)
    .trim()
    .split(/\s{2,}/)
}

function scored(scorer: string, words: readonly string[]): unknown {
  // By its real path: a script that asks whether it is the one that was started is not, behind a link.
  const script = realpathSync(join(data, 'score', scorer))
  return JSON.parse(execFileSync(process.execPath, [script, ...words], { encoding: 'utf8' }))
}

type EventScore = {
  detected: number
  events: number
  event_recall: number
  incidents: number
  event_precision: number
  event_f1: number
  false_per_sensor_month: number
}

/** The built program's own words, and what it wrote. */
async function judged(set: string): Promise<{ lines: string[]; out: string }> {
  const out = join(temporaryFolder(), 'said')
  const { code, output } = await runLengthsman(['score', join(data, set), '--out', out], {})
  expect(code).toBe(0)
  return { lines: output.split('\n'), out }
}

async function eventScores(set: string): Promise<{ printed: string[]; independent: EventScore }> {
  const { lines, out } = await judged(set)
  const independent = scored('event_score.mjs', [join(data, set), out]) as EventScore
  return { printed: rowOf(lines, 'as shipped'), independent }
}

recorded('river gauges and water network', () => {
  // The floors that were asked for; what is reached stands in docs/detection.md.
  test.each([
    ['lro', 0.55, 0.35],
    ['batadal-train', 0.75, 0.35],
  ])('%s: event by event', async (set, f1, falsePerSensorMonth) => {
    const { printed, independent } = await eventScores(set)
    expect(printed.slice(0, 6)).toEqual([
      `${independent.detected}/${independent.events}`,
      independent.event_recall.toFixed(2),
      String(independent.incidents),
      independent.event_precision.toFixed(2),
      independent.event_f1.toFixed(2),
      independent.false_per_sensor_month.toFixed(2),
    ])
    expect(independent.event_f1).toBeGreaterThanOrEqual(f1)
    expect(independent.false_per_sensor_month).toBeLessThanOrEqual(falsePerSensorMonth)
  })
})

recorded('the Numenta benchmark', () => {
  test('scores as its own scorer does, at the shipped threshold and swept', async () => {
    const { lines, out } = await judged('nab-a')
    type NabScore = Record<string, { score: number; detected: number; windows: number; fpRows: number }>
    const words = [out, '--nab', join(data, 'nab-a'), '--json']
    const shippedAt = lines.find((line) => line.includes('as general'))?.match(/score ≥ ([\d.]+)/)?.[1]
    const threshold = Number(shippedAt) / 10
    const shipped = Object.values(scored('nab_score.mjs', [...words, '--threshold', String(threshold)]) as NabScore)
    const [standard] = shipped
    expect(rowOf(lines, 'as shipped')).toEqual([
      ...shipped.map(({ score }) => score.toFixed(2)),
      `${standard?.detected}/${standard?.windows}`,
      String(standard?.fpRows),
    ])
    expect(standard?.score).toBeGreaterThanOrEqual(68)
    expect(scored('nab_score.mjs', [join(out, 'lengthsman'), ...words.slice(1)])).toEqual(
      scored('nab_score.mjs', words),
    )
    const swept = Object.values(scored('nab_score.mjs', words) as NabScore)
    const printed = lines.find((line) => line.startsWith('threshold swept')) ?? ''
    const numbers = [...printed.matchAll(/(?:standard|FP|FN) (\d+\.\d\d) at/g)].map((match) => match[1])
    expect(numbers).toEqual(swept.map(({ score }) => score.toFixed(2)))
  })
})
