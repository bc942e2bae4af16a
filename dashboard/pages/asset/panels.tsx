import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { timeZone } from '../data/session.ts'
import type { AssetView, RelationView, TicketSummary } from '../data/types.ts'
import { Shape } from '../design/shape.tsx'
import { Due, Moment } from '../design/when.tsx'
import { isOpen } from '../tickets/filter.ts'
import { assetLooks, bandLooks, criticalityWords, ticketLooks } from '../words/states.ts'
import { formatDate } from '../words/time.ts'

const shownMax = 6

export function TicketsOfAsset({ tickets }: { tickets: readonly TicketSummary[] }): JSX.Element {
  const [all, setAll] = useState(false)
  const ordered = [...tickets].sort((a, b) => Number(isOpen(b.state)) - Number(isOpen(a.state)) || b.number - a.number)
  const shown = all ? ordered : ordered.slice(0, shownMax)
  return (
    <section class="card">
      <header>
        <h2>Tickets</h2>
      </header>
      {tickets.length === 0 ? (
        <p class="body small quiet">None so far. A rule that fires opens one, or a person does.</p>
      ) : (
        <ul class="side-rows">
          {shown.map((ticket) => (
            <li key={ticket.number}>
              <a href={`/tickets/${ticket.number}`} class="side-row">
                <Shape look={isOpen(ticket.state) ? bandLooks[ticket.priority.band] : ticketLooks[ticket.state]} />
                <span>
                  <span class="side-title">
                    {ticket.title} <span class="quiet">#{ticket.number}</span>
                  </span>
                  <span class="side-detail">
                    {ticketLooks[ticket.state].word} ·{' '}
                    {isOpen(ticket.state) ? <Due at={ticket.dueAt} /> : <Moment at={ticket.updatedAt} />}
                  </span>
                </span>
              </a>
            </li>
          ))}
        </ul>
      )}
      {ordered.length > shownMax && !all ? (
        <div class="body">
          <button type="button" class="button small" onClick={() => setAll(true)}>
            Show all {ordered.length}
          </button>
        </div>
      ) : null}
    </section>
  )
}

const relationWords: Readonly<Record<RelationView['kind'], Readonly<Record<RelationView['direction'], string>>>> = {
  'part of': { out: 'Part of', in: 'Parts' },
  'fed by': { out: 'Fed by', in: 'Feeds' },
  'reports through': { out: 'Reports through', in: 'Gateway of' },
}

function groups(relations: readonly RelationView[]): ReadonlyMap<string, readonly RelationView[]> {
  const found = new Map<string, RelationView[]>()
  for (const relation of relations) {
    const word = relationWords[relation.kind][relation.direction]
    found.set(word, [...(found.get(word) ?? []), relation])
  }
  return found
}

export function AboutPanel({ asset }: { asset: AssetView }): JSX.Element {
  return (
    <section class="card">
      <header>
        <h2>About</h2>
      </header>
      <div class="body">
        <dl class="facts">
          <dt>Criticality</dt>
          <dd>
            {asset.criticality} of 5 · {criticalityWords[asset.criticality]}
          </dd>
          {asset.installedAt ? (
            <>
              <dt>Installed</dt>
              <dd>{formatDate(Date.parse(asset.installedAt), timeZone.value)}</dd>
            </>
          ) : null}
          <dt>Place</dt>
          <dd>
            {asset.place.address ? <>{asset.place.address}, </> : null}
            <span class="nowrap">
              {asset.place.latitude.toFixed(5)}, {asset.place.longitude.toFixed(5)}
            </span>
          </dd>
          {[...groups(asset.relations)].map(([word, relations]) => (
            <Relations key={word} word={word} relations={relations} />
          ))}
        </dl>
      </div>
    </section>
  )
}

function Relations({ word, relations }: { word: string; relations: readonly RelationView[] }): JSX.Element {
  const [all, setAll] = useState(false)
  const shown = all ? relations : relations.slice(0, shownMax)
  return (
    <>
      <dt>{word}</dt>
      <dd>
        <ul class="stack relations">
          {shown.map((relation) => (
            <li key={relation.asset} class="row">
              <Shape look={assetLooks[relation.state]} size={12} />
              <a href={`/assets/${relation.asset}`}>{relation.name}</a>
              <span class="visually-hidden">{assetLooks[relation.state].word}</span>
            </li>
          ))}
        </ul>
        {relations.length > shownMax && !all ? (
          <button type="button" class="button small" onClick={() => setAll(true)}>
            All {relations.length}
          </button>
        ) : null}
      </dd>
    </>
  )
}
