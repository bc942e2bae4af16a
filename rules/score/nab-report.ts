import { Refusal } from '../../city/index.ts'
import { type BaselineName, baselineNames, baselineRows, type Chance, chanceOf } from './baselines.ts'
import { bootstrap } from './bootstrap.ts'
import type { JudgedSeries } from './judge-series.ts'
import { measureNab, type NabFile, nabFile, nabPart, nabProfiles, nabTime, nabTotal, sweepNab } from './measure-nab.ts'
import { nabScore, nabScores } from './nab-scores.ts'
import type { RecordedSeries } from './recording.ts'
import type { Judgement } from './score-recording.ts'
import { figure, tableText } from './table.ts'

/** From and to, as written, by file. */
export type NabWindows = Readonly<Record<string, readonly (readonly [string, string])[]>>

const sweep = [3, 3.5, 4, 4.5, 5, 6, 7, 8]

type Labelled = { readonly judged: JudgedSeries; readonly file: NabFile }

/** The benchmark's own figures for a folder in its layout. */
export function nabReport(judgement: Judgement, windows: NabWindows, seed: number): readonly string[] {
  const { judged } = judgement
  const chance = chanceOf(judgement, seed)
  const labelled: readonly Labelled[] = judged.flatMap((each) => {
    const own = windows[keyOf(each.series)]
    return own === undefined ? [] : [{ judged: each, file: fileOf(each.series, own) }]
  })
  if (labelled.length === 0)
    throw new Refusal('SCORE_LABELS_INVALID', 'labels/combined_windows.json names no file of the folder')
  const scored = (scoresOf: (judged: JudgedSeries) => Float64Array) =>
    labelled.map((each) => ({ file: each.file, scores: scoresOf(each.judged) }))
  const row = (name: string, alertsOf: (judged: JudgedSeries) => Float64Array): string[] => {
    const files = scored(alertsOf)
    const measures = nabProfiles.map((profile) => measureNab(files, 1, profile))
    const { found = 0, windows: all = 0, falseRows = 0 } = measures[0] ?? {}
    return [name, ...measures.map(({ score }) => figure(score)), `${found}/${all}`, String(falseRows)]
  }
  const [standard] = nabProfiles
  const parts = scored((each) => alertsAt(each, each.seriesClass.surprise)).map((file) => nabPart(file, 1, standard))
  const interval = bootstrap(parts, (drawn) => nabTotal(drawn, standard).score, seed)
  const said = scored((each) => nabScores(each))
  const best = nabProfiles.map((profile) => {
    const { score, threshold } = sweepNab(said, profile)
    return `${profile.id} ${figure(score)} at ${figure(threshold, 4)}`
  })
  const unlabelled = judged.length - labelled.length
  return [
    'NAB score: 100 is every window found at its beginning and nothing else, 0 is nothing said',
    ...(unlabelled === 0 ? [] : [`${unlabelled} files without labels are left out`]),
    ...tableText(
      ['', ...nabProfiles.map(({ id }) => id), 'windows found', 'false rows'],
      [
        row('as shipped', (each) => alertsAt(each, each.seriesClass.surprise)),
        ...baselineNames.map((name) => row(name, ({ series }) => alertedBy(name, series, chance))),
        ...sweep.map((threshold) => row(`all at ≥ ${threshold}`, (each) => alertsAt(each, threshold))),
      ],
    ),
    '',
    `threshold swept with the labels, as the benchmark does: ${best.join(', ')}`,
    interval === undefined
      ? 'no interval: fewer than three files say nothing about others'
      : `90 % of ${labelled.length} files drawn anew: standard ${figure(interval.low)} to ${figure(interval.high)}`,
  ]
}

/** 1 where it would have been said. */
function alertsAt(judged: JudgedSeries, threshold: number): Float64Array {
  return nabScores(judged, threshold).map((score) => (score >= nabScore(threshold) ? 1 : 0))
}

function alertedBy(name: BaselineName, series: RecordedSeries, chance: Chance): Float64Array {
  const found = new Float64Array(series.at.length)
  for (const row of baselineRows(name, series, chance)) found[row] = 1
  return found
}

function keyOf({ file }: RecordedSeries): string {
  return file.replace(/^data\//, '')
}

function fileOf(series: RecordedSeries, windows: NabWindows[string]): NabFile {
  const times = series.written.map((row) => nabTime(row.slice(0, row.indexOf(','))))
  const edges = windows.map(([from, to]): [string, string] => [nabTime(from), nabTime(to)])
  return nabFile(keyOf(series), times, edges)
}
