import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { nabScores } from './nab-scores.ts'
import type { Judgement } from './score-recording.ts'

const detector = 'lengthsman'

/** What was said, as `asset,metric,epoch_s`, in the order it was said. */
export function alertsCsv({ alerts }: Judgement): string {
  const rows = alerts.map(({ asset, quantity, at }) => `${asset},${quantity},${at / 1_000}`)
  return `${['asset,metric,epoch_s', ...rows].join('\n')}\n`
}

export function writeAlerts(judgement: Judgement, file: string): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, alertsCsv(judgement))
}

/** One score a row, as the benchmark has it for each detector: `<category>/lengthsman_<file>.csv`. */
export function writeNabResults({ judged }: Judgement, folder: string): void {
  for (const each of judged) {
    const parts = each.series.file.split('/').slice(1)
    const name = parts.pop() ?? each.series.file
    const scores = nabScores(each)
    const rows = each.series.written.map((row, index) => `${row},${scores[index] ?? 0}`)
    const target = join(folder, ...parts)
    mkdirSync(target, { recursive: true })
    writeFileSync(join(target, `${detector}_${name}`), `${['timestamp,value,anomaly_score', ...rows].join('\n')}\n`)
  }
  // The benchmark's own runner looks for the categories below a folder with the detector's name.
  if (!existsSync(join(folder, detector))) symlinkSync('.', join(folder, detector))
}
