import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { TrialView } from '../data/types.ts'
import { Segmented } from '../design/field.tsx'
import { Empty } from '../design/states.tsx'
import { Moment } from '../design/when.tsx'
import { pastWords, perAssetYear } from '../rules/rule-words.ts'
import { verdictSays } from '../words/states.ts'
import { formatSpanFully } from '../words/time.ts'
import { formatCount, formatNumber, plural } from '../words/units.ts'

type WouldBe = TrialView['tickets'][number]
type Shown = 'new' | 'raised-too' | 'missing'
const rowsAtOnce = 30
const yearsForRateMin = 0.5
const hourMs = 3_600_000

/** What rules would have raised, beside what was raised: what is different comes first. */
export function TrialResults({ found }: { found: TrialView }): JSX.Element {
  const { counts } = found
  const first: Shown = counts.new > 0 ? 'new' : counts.missing > 0 ? 'missing' : 'raised-too'
  const [shown, setShown] = useState<Shown>(first)
  const assets = Math.max(0, ...found.rules.map((rule) => rule.assets))
  return (
    <div class="trial-results">
      <p class="trial-summary" role="status">
        <strong>{plural(counts.wouldBe, 'ticket')}</strong> on {plural(assets, 'asset')}
        {rateWords(found)}
        <span class="quiet small">
          {' '}
          {formatCount(found.readings)} readings in {formatNumber(found.tookMs / 1_000, 1)} s
        </span>
      </p>
      {assets === 0 ? (
        <Empty icon="clock" title="No readings in this past">
          Try a longer one, or wait until the sensors have reported for a while.
        </Empty>
      ) : (
        <>
          <Segmented
            label="Show"
            value={shown}
            options={[
              { value: 'new', text: <Option count={counts.new} text="new" /> },
              { value: 'raised-too', text: <Option count={counts.raisedToo} text="raised too" /> },
              { value: 'missing', text: <Option count={counts.missing} text="would not be" /> },
            ]}
            onChange={setShown}
          />
          {counts.missingRight > 0 ? (
            <p class="small trial-loses">
              {plural(counts.missingRight, 'ticket')} that crews found to be right would be lost.
            </p>
          ) : null}
          {shown === 'missing' ? (
            <MissingList missing={found.missing} />
          ) : (
            <WouldBeList
              key={shown}
              tickets={found.tickets.filter(({ category }) => category === shown)}
              kind={shown}
            />
          )}
        </>
      )}
      {found.troubles.length > 0 ? (
        <p class="small trial-loses">
          Could not be judged on {plural(found.troubles.length, 'asset')}: {found.troubles[0]?.error}
        </p>
      ) : null}
    </div>
  )
}

/** Of a short past a rate would say more than is known. */
function rateWords({ counts, rules }: TrialView): string {
  const years = Math.max(0, ...rules.map(({ assetYears }) => assetYears))
  if (counts.perAssetYear === null) return ''
  return years < yearsForRateMin
    ? ` in ${pastWords(years)}`
    : ` · ${perAssetYear(counts.perAssetYear)} per asset and year`
}

function Option({ count, text }: { count: number; text: string }): JSX.Element {
  return (
    <>
      <b>{formatNumber(count)}</b> {text}
    </>
  )
}

const nothing: Readonly<Record<Exclude<Shown, 'missing'>, string>> = {
  new: 'Nothing new: every ticket it would raise was raised.',
  'raised-too': 'Nothing that was raised would be raised by this.',
}

function WouldBeList({ tickets, kind }: { tickets: readonly WouldBe[]; kind: 'new' | 'raised-too' }): JSX.Element {
  const [count, setCount] = useState(rowsAtOnce)
  if (tickets.length === 0) return <p class="soft small trial-none">{nothing[kind]}</p>
  return (
    <>
      <ul class="trial-list">
        {tickets.slice(0, count).map((ticket) => (
          <li key={`${ticket.asset} ${ticket.raisedAt}`}>
            <span class="trial-when">
              <Moment at={ticket.raisedAt} />
            </span>
            <span class="trial-what">
              <a href={chartOf(ticket)}>{ticket.assetName}</a>
              <span class="small soft">
                {ticket.reason}
                {ticket.bouts > 1 ? ` · ${plural(ticket.bouts, 'bout')}` : ''}
                {ticket.level === 'action' ? ' · reached the action limit' : ''}
                {ticket.endedAt === null ? ' · not over yet' : ` · over after ${spanOf(ticket)}`}
              </span>
            </span>
            <span class="trial-raised small">
              {ticket.raised.map(({ number, verdict }) => (
                <a key={number} href={`/tickets/${number}`}>
                  #{number}
                  {verdict === null ? '' : ` ${verdictSays[verdict].toLowerCase()}`}
                </a>
              ))}
            </span>
          </li>
        ))}
      </ul>
      {tickets.length > count ? (
        <button type="button" class="button small" onClick={() => setCount(count + rowsAtOnce)}>
          Show more of {formatNumber(tickets.length)}
        </button>
      ) : null}
    </>
  )
}

function MissingList({ missing }: { missing: TrialView['missing'] }): JSX.Element {
  if (missing.length === 0) return <p class="soft small trial-none">Nothing that was raised would be lost.</p>
  return (
    <ul class="trial-list">
      {missing.map((ticket) => (
        <li key={ticket.number}>
          <span class="trial-when">
            <Moment at={ticket.startedAt} />
          </span>
          <span class="trial-what">
            <a href={`/tickets/${ticket.number}`}>
              #{ticket.number} {ticket.assetName}
            </a>
            <span class="small soft">{ticket.title}</span>
          </span>
          <span class="trial-raised small">{ticket.verdict === null ? 'not judged' : verdictSays[ticket.verdict]}</span>
        </li>
      ))}
    </ul>
  )
}

function spanOf({ startedAt, endedAt }: WouldBe): string {
  return formatSpanFully(Date.parse(endedAt ?? startedAt) - Date.parse(startedAt))
}

/** The asset's charts around the trouble. */
function chartOf({ asset, startedAt, endedAt, raisedAt }: WouldBe): string {
  const from = Date.parse(startedAt)
  const to = Math.max(Date.parse(raisedAt), endedAt === null ? 0 : Date.parse(endedAt))
  const around = Math.max(2 * hourMs, (to - from) / 2)
  return `/assets/${asset}?from=${Math.round(from - around)}&to=${Math.round(to + around)}`
}
