import { classes } from '../data/town.ts'
import type { RuleFigures, RuleSummary } from '../data/types.ts'
import { formatNumber, plural } from '../words/units.ts'

export const originWords: Readonly<Record<RuleSummary['origin'], string>> = {
  library: 'As shipped',
  city: "In the city's files",
  changed: 'Changed here',
}

const kindWords: Readonly<Record<string, string>> = {
  threshold: 'limit',
  rate: 'rate of change',
  silence: 'silence',
  stuck: 'standstill',
  formula: 'formula',
  sisters: 'beside its sisters',
  unusual: 'unusual',
  forecast: 'forecast',
  drift: 'drift',
}

/** `NO₂`, `bearing temperature`: as its class calls it, within a sentence. */
export function quantityName({ class: id, quantity }: Pick<RuleSummary, 'class' | 'quantity'>): string {
  const title = classes.value.find((each) => each.id === id)?.quantities.find((each) => each.id === quantity)?.title
  return title?.replace(/^\p{Lu}(?=\p{Ll})/u, (first) => first.toLowerCase()) ?? quantity.replaceAll('-', ' ')
}

/** A kind of condition as people say it; one that is not listed is shown by its name. */
export function kindWord(kind: string): string {
  return kindWords[kind] ?? kind.replaceAll('-', ' ')
}

/** `5 of 6 right (49–97 %)`; what nobody has judged says nothing. */
export function precisionWords({ precision, right, tooLate, false: wrong }: RuleFigures): string {
  if (precision === null) return 'not judged yet'
  const judged = right + tooLate + wrong
  return `${right + tooLate} of ${judged} right (${percent(precision.low)}–${percent(precision.high)} %)`
}

export function perAssetYear(rate: number | null): string {
  return rate === null ? '–' : formatNumber(rate, rate < 0.1 && rate > 0 ? 3 : 2)
}

/** `12 asset-days`: how long the assets were seen, together. */
export function pastWords(assetYears: number): string {
  if (assetYears >= 2) return `${formatNumber(assetYears, 1)} asset-years`
  const days = assetYears * 365.25
  return days < 2 ? plural(Math.round(days * 24), 'asset-hour') : plural(Math.round(days), 'asset-day')
}

export function ticketWords({ tickets }: Pick<RuleFigures, 'tickets'>): string {
  return plural(tickets, 'ticket')
}

export function percent(share: number): string {
  return formatNumber(Math.round(share * 100))
}
