import { alertsOf, classText } from './alerting.ts'
import { eventReport } from './event-report.ts'
import type { EventOptions } from './measure-events.ts'
import { nabReport } from './nab-report.ts'
import { readCountedFrom, readEvents, readWindows } from './read-labels.ts'
import { readRecording } from './read-recording.ts'
import type { Recording } from './recording.ts'
import { type Judgement, judgeRecording } from './score-recording.ts'
import { figure, tableText } from './table.ts'

/** Odd rows shown of each file; the count says how many there were. */
const faultsShown = 3
const unreadableShown = 5

/** Fewer are judged before the machine has warmed up. */
const readingsToTime = 20_000

export type ScoreOptions = Omit<EventOptions, 'countedFrom'> & { readonly seed: number }

/**
 * Judges a folder of recorded series as the product would, and says what came of it; where the folder has labels, how good
 * that was.
 *
 * @throws Refusal SCORE_FOLDER_INVALID, SCORE_LABELS_INVALID
 */
export function scoreRecording(
  folder: string,
  options: ScoreOptions,
): { readonly judgement: Judgement; readonly lines: readonly string[] } {
  const recording = readRecording(folder)
  const judgement = judgeRecording(recording)
  return {
    judgement,
    lines: [
      ...headLines(judgement),
      ...faultLines(recording),
      '',
      ...alertLines(judgement),
      '',
      ...labelLines(judgement, options),
    ],
  }
}

function labelLines(judgement: Judgement, options: ScoreOptions): readonly string[] {
  const { folder, layout } = judgement.recording
  if (layout === 'nab') {
    const windows = readWindows(folder)
    if (windows !== undefined) return nabReport(judgement, windows, options.seed)
    return ['no labels/combined_windows.json: only what was said is counted']
  }
  const events = readEvents(folder)
  if (events === undefined || events.length === 0)
    return [events === undefined ? 'no events.json: only what was said is counted' : 'events.json is empty']
  return eventReport(judgement, events, { ...options, countedFrom: readCountedFrom(folder) }, options.seed)
}

function headLines(judgement: Judgement): string[] {
  const { recording, readings, microsecondsPerReading, bytesPerSeries, judged } = judgement
  const assets = new Set(recording.series.map(({ asset }) => asset)).size
  const classes = [...new Set(judged.map(({ seriesClass }) => seriesClass))]
  return [
    `${recording.folder}: ${recording.series.length} series of ${assets} assets, ${readings.toLocaleString('en')} readings`,
    ...classes.map((each) => {
      const count = judged.filter(({ seriesClass }) => seriesClass === each).length
      return `judged ${count} as ${each.id}: ${classText(each)}`
    }),
    `cost: ${readings < readingsToTime ? 'too few readings to time' : `${figure(microsecondsPerReading)} µs a reading`}, ${bytesPerSeries.toLocaleString('en')} bytes a series`,
  ]
}

function faultLines({ series, unreadable }: Recording): string[] {
  const odd = series.filter(({ faults }) => faults.length > 0)
  return [
    ...unreadable.slice(0, unreadableShown).map(({ file, message }) => `${file}: left out: ${message}`),
    ...(unreadable.length > unreadableShown ? [`and ${unreadable.length - unreadableShown} more files left out`] : []),
    ...odd.flatMap(({ file, faults, oddRows }) => [
      ...faults.slice(0, faultsShown).map(({ line, message }) => `${file}: line ${line}: ${message}`),
      ...(oddRows > faultsShown ? [`${file}: and ${oddRows - faultsShown} more odd rows`] : []),
    ]),
  ]
}

function alertLines(judgement: Judgement): string[] {
  const reasons = new Map<string, number>()
  for (const { reason } of judgement.alerts) reasons.set(reason, (reasons.get(reason) ?? 0) + 1)
  const found = [...reasons].sort((one, other) => other[1] - one[1]).map(([reason, count]) => `${reason} ${count}`)
  if (found.length === 0) return ['no alerts']
  const impossible = alertsOf(judgement.judged, Number.POSITIVE_INFINITY).length
  const sensors = new Set(judgement.alerts.map(({ asset, quantity }) => `${asset}/${quantity}`)).size
  return [
    `${judgement.alerts.length} alerts about ${sensors} sensors (${found.join(', ')})`,
    ...(impossible > 0 ? [`${impossible} of them for values that no instrument in order gives`] : []),
    ...tableText(
      ['most alerts', 'alerts'],
      mostAlerted(judgement).map(([sensor, count]) => [sensor, String(count)]),
    ),
  ]
}

/** Where to look first. */
const sensorsShown = 5

function mostAlerted({ alerts }: Judgement): [string, number][] {
  const counts = new Map<string, number>()
  for (const { asset, quantity } of alerts) {
    const sensor = `${asset}/${quantity}`
    counts.set(sensor, (counts.get(sensor) ?? 0) + 1)
  }
  return [...counts].sort((one, other) => other[1] - one[1]).slice(0, sensorsShown)
}
