import { formatDuration } from '../../city/index.ts'
import type { TrialView } from '../../dashboard/index.ts'

// A terminal shows so many; --json has all.
const rowsShownMax = 40

/** What a trial found, for a terminal; tickets are linked to on these pages. */
export function reportOf(found: TrialView, pages: string): string {
  const { counts, rules, tickets, missing, troubles } = found
  const seconds = (found.tookMs / 1_000).toFixed(1)
  const assets = Math.max(0, ...rules.map((rule) => rule.assets))
  const head = [
    `${rules.length === 1 ? `Rule ${rules[0]?.id}` : `${rules.length} rules`} on ${assets} assets, ${dayOf(found.from)} to ${dayOf(found.to)}`,
    `${found.readings.toLocaleString('en')} readings in ${seconds} s`,
    '',
    `${counts.bouts} bouts would have made ${counts.wouldBe} tickets${counts.perAssetYear === null ? '' : `, ${counts.perAssetYear.toFixed(2)} per asset and year`}:`,
    `  ${counts.new} would be new`,
    `  ${counts.raisedToo} were raised too`,
    `  ${counts.missing} were raised and would not be${counts.missingRight > 0 ? `, ${counts.missingRight} of them found to be right` : ''}`,
  ]
  const rows = tickets
    .slice(0, rowsShownMax)
    .map(({ category, asset, raisedAt, startedAt, endedAt, bouts, raised, reason }) => {
      const lasted =
        endedAt === null ? 'to the end' : formatDuration(roundedTo(60_000, Date.parse(endedAt) - Date.parse(startedAt)))
      const about = raised.map((each) => ticketText(each, pages)).join(' ')
      const mark = category === 'new' ? '+' : '='
      return `${mark} ${minuteOf(raisedAt)}  ${asset}  ${reason}  (${lasted}${bouts > 1 ? `, ${bouts} bouts` : ''})${about === '' ? '' : `  ${about}`}`
    })
  const more = tickets.length > rowsShownMax ? [`  … and ${counts.wouldBe - rowsShownMax} more: --json has them`] : []
  const lost = missing
    .slice(0, rowsShownMax)
    .map(
      ({ number, startedAt, asset, title, verdict }) =>
        `- ${minuteOf(startedAt)}  ${asset}  ${title}  ${ticketText({ number, verdict }, pages)}`,
    )
  const trouble = troubles.slice(0, rowsShownMax).map(({ rule, asset, error }) => `! ${rule} on ${asset}: ${error}`)
  return [
    ...head,
    ...section('', rows),
    ...more,
    ...section('', lost),
    ...section('Could not be judged:', trouble),
  ].join('\n')
}

function ticketText({ number, verdict }: { number: number; verdict: string | null }, pages: string): string {
  return `#${number}${verdict === null ? '' : ` ${verdict}`} ${pages}/tickets/${number}`
}

function section(title: string, rows: readonly string[]): string[] {
  return rows.length === 0 ? [] : ['', ...(title === '' ? [] : [title]), ...rows]
}

function dayOf(iso: string): string {
  return iso.slice(0, 10)
}

function minuteOf(iso: string): string {
  return iso.slice(0, 16).replace('T', ' ')
}

function roundedTo(step: number, value: number): number {
  return Math.max(step, Math.round(value / step) * step)
}
