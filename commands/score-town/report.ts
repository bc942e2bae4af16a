import { figure, tableText } from '../../rules/index.ts'
import {
  type Figure,
  figuresOf,
  isDetected,
  leadHoursOf,
  leadShareOf,
  median,
  type TownFigures,
  visiting,
} from './figures.ts'
import type { FaultOutcome, Measured } from './measure.ts'

const visitDays = [7, 28] as const
const linesMax = 12

/** What a person reads: the figures against their aims, then where they come from. */
export function reportOf(measured: Measured): readonly string[] {
  const figures = figuresOf(measured)
  const { seed, days, assets, assetYears, readings, tickets } = measured
  return [
    `Town of seed ${seed}: ${assets.length} assets over ${days} days (${figure(assetYears, 1)} asset-years), ${readings} readings, ${tickets} tickets`,
    '',
    ...tableText(['', 'found', '90 % interval', 'aim'], headRows(figures)),
    '',
    `Of ${figures.faults} faults: ${percent(figures.late)} late (less than a tenth of the development time left, or after the failure), ${percent(figures.premature)} premature (nothing to be found yet),`,
    `${percent(figures.underAnotherName)} ticketed under another failure mode of the asset only, ${percent(figures.takenForSensor)} taken for a sensor fault.`,
    `Of ${figures.troubles} sensor troubles: ${percent(figures.takenForAsset)} taken for a fault of the asset, ${percent(figures.unnoticed)} unnoticed.`,
    '',
    ...tableText(['to compare with', 'detected', 'false per asset-year'], baselineRows(measured)),
    '',
    ...tableText(['failure mode', 'faults', 'detected', 'lead h', 'lead share', 'by'], modeRows(measured.faults)),
    '',
    ...tableText(['sensor trouble', 'named', 'of', 'median h'], troubleRows(measured)),
    '',
    ...falseLines(measured),
  ]
}

function headRows(figures: TownFigures): string[][] {
  return [
    ['faults ticketed before functional failure', ...shown(figures.detected, percent), '≥ 90 %'],
    ['median lead, share of the development time', ...shown(figures.leadShare, percent), '≥ 50 %'],
    ['the same, missed faults counted as no lead', ...shown(figures.leadShareOfAll, percent), ''],
    ['median lead, hours', ...shown(figures.leadHours, (value) => figure(value, 1)), ''],
    ['false tickets per asset-year', ...shown(figures.falsePerAssetYear, figure), '≤ 0.5'],
    ['sensor faults named as such', ...shown(figures.named, percent), '≥ 90 %'],
  ]
}

function shown({ value, interval }: Figure, text: (value: number | undefined) => string): [string, string] {
  return [text(value), interval === undefined ? '–' : `${text(interval.low)} … ${text(interval.high)}`]
}

function percent(value: number | undefined): string {
  return value === undefined ? '–' : `${figure(100 * value, 0)} %`
}

function baselineRows(measured: Measured): string[][] {
  return [
    ['nobody looks', percent(0), figure(0)],
    ...visitDays.map((every) => {
      const { detected, falsePerYear } = visiting(measured, every)
      return [`a crew at every asset every ${every} days`, percent(detected), figure(falsePerYear, 1)]
    }),
  ]
}

function modeRows(faults: readonly FaultOutcome[]): string[][] {
  const byMode = new Map<string, FaultOutcome[]>()
  for (const outcome of faults) {
    const key = `${outcome.class} / ${outcome.fault.kind}`
    byMode.set(key, [...(byMode.get(key) ?? []), outcome])
  }
  return [...byMode].sort().map(([mode, outcomes]) => {
    const detected = outcomes.filter(isDetected)
    return [
      mode,
      String(outcomes.length),
      percent(detected.length / outcomes.length),
      figure(median(detected.map(leadHoursOf)), 1),
      percent(median(detected.map(leadShareOf))),
      [...new Set(detected.map(({ rule }) => rule))].join(', '),
    ]
  })
}

function troubleRows({ troubles }: Measured): string[][] {
  const kinds = [...new Set(troubles.map(({ trouble }) => trouble.kind))].sort()
  return kinds.map((kind) => {
    const all = troubles.filter(({ trouble }) => trouble.kind === kind)
    const named = all.filter(({ verdict }) => verdict === 'named')
    const hours = median(named.map(({ afterMs = 0 }) => afterMs / 3_600_000))
    return [kind, String(named.length), String(all.length), figure(hours, 1)]
  })
}

/** What was false, the most frequent first. */
function falseLines({ falseCalls }: Measured): string[] {
  if (falseCalls.length === 0) return ['No false ticket.']
  const counts = new Map<string, number>()
  for (const { call, because } of falseCalls) {
    const key = `${call.rule}: ${because}${call.kind === 'relapsed' ? ', came back' : ''}`
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  const ordered = [...counts].sort((left, right) => right[1] - left[1])
  const more = ordered.length - linesMax
  return [
    `False tickets: ${falseCalls.length}`,
    ...ordered.slice(0, linesMax).map(([what, count]) => `  ${count} × ${what}`),
    ...(more > 0 ? [`  and ${more} kinds more`] : []),
  ]
}
