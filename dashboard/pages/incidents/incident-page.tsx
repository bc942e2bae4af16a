import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import { get } from '../data/client.ts'
import { useResource } from '../data/resource.ts'
import { onStream } from '../data/stream.ts'
import { openTickets } from '../data/town.ts'
import type { IncidentMemberView, IncidentView } from '../data/types.ts'
import { useMore } from '../design/more.tsx'
import { Badge } from '../design/shape.tsx'
import { Crumbs, Show, Skeleton, SkeletonRows } from '../design/states.tsx'
import { Moment } from '../design/when.tsx'
import { TicketTable } from '../tickets/ticket-table.tsx'
import '../tickets/tickets.css'
import { alarmLook, hidingWords, incidentLooks } from '../words/states.ts'
import { plural } from '../words/units.ts'
import './incidents.css'
import { timelineOf } from './timeline.ts'

/** One incident: what it probably is and why, its alarms as they are now, and what happened when. */
export function IncidentPage({ parameters }: { parameters: Readonly<Record<string, string>> }): JSX.Element {
  const number = parameters['number'] ?? ''
  const loaded = useResource<IncidentView>(`incident ${number}`, (signal) =>
    get<IncidentView>(`/api/v1/incidents/${encodeURIComponent(number)}`, signal),
  )
  useEffect(() => {
    document.title = `Incident ${number} · Lengthsman`
    return onStream('incident', (incident) => {
      if (String(incident.number) === number) loaded.reload()
    })
  }, [number])
  return (
    <main class="page" id="content">
      <Crumbs trail={[{ href: '/alarms?tab=incidents', text: 'Incidents' }]} />
      <Show of={loaded.state.value} retry={loaded.reload} waiting={<Waiting number={number} />}>
        {(incident) => <Body incident={incident} />}
      </Show>
    </main>
  )
}

function Waiting({ number }: { number: string }): JSX.Element {
  return (
    <div class="stack loose" aria-busy="true">
      <h1 tabIndex={-1} class="visually-hidden">
        Incident {number}
      </h1>
      <Skeleton width="320px" height="32px" />
      <SkeletonRows rows={4} height="64px" />
    </div>
  )
}

function Body({ incident }: { incident: IncidentView }): JSX.Element {
  const { number, title, root, reasons, tickets, mergedInto } = incident
  const about = openTickets.value.data?.filter((ticket) => tickets.includes(ticket.number)) ?? []
  return (
    <>
      <header class="page-head incident-head">
        <div>
          <h1 tabIndex={-1}>{title}</h1>
          <p class="row wrap small soft">
            <Badge look={incidentLooks[incident.state]} />
            <span>
              Incident {number}, since <Moment at={incident.startedAt} />
            </span>
          </p>
        </div>
      </header>
      {mergedInto === null ? null : (
        <p class="notice">
          It turned out to be part of <a href={`/incidents/${mergedInto}`}>incident {mergedInto}</a>.
        </p>
      )}
      <div class="incident-columns">
        <div class="stack loose">
          <section class="card">
            <header>
              <h2>What it probably is</h2>
            </header>
            <div class="body stack">
              {root === null ? (
                <p>Nothing stands out as the cause. They are shown together because of this:</p>
              ) : (
                <p>
                  Look at <a href={`/assets/${root.asset}`}>{root.name}</a> first, because of this:
                </p>
              )}
              <ul class="incident-reasons">
                {reasons.map((reason) => (
                  <li key={reason}>{reason}</li>
                ))}
              </ul>
            </div>
          </section>
          {about.length > 0 ? (
            <section aria-labelledby="incident-tickets">
              <h2 id="incident-tickets" class="incident-heading">
                {plural(about.length, 'open ticket')}
              </h2>
              <TicketTable tickets={about} />
            </section>
          ) : null}
          <Members incident={incident} />
        </div>
        <Timeline incident={incident} />
      </div>
    </>
  )
}

function Members({ incident }: { incident: IncidentView }): JSX.Element {
  const { members, alarms, root } = incident
  const sorted = [...members].sort(
    (one, other) =>
      Number(other.asset === root?.asset) - Number(one.asset === root?.asset) || one.at.localeCompare(other.at),
  )
  const { shown, more } = useMore(sorted, 50)
  return (
    <section class="card">
      <header>
        <h2>{plural(alarms, 'alarm')}</h2>
        {members.length < alarms ? <span class="quiet small">the first {members.length} are listed</span> : null}
      </header>
      <ul class="member-rows">
        {shown.map((member) => (
          <Member key={`${member.alarm} ${member.at}`} member={member} isRoot={member.asset === root?.asset} />
        ))}
      </ul>
      {more}
    </section>
  )
}

function Member({ member, isRoot }: { member: IncidentMemberView; isRoot: boolean }): JSX.Element {
  const look =
    member.state === 'inactive'
      ? ({ word: 'Over', shape: 'ring-check', tone: 'green' } as const)
      : alarmLook({ state: member.state, level: null, hiddenBy: member.hiddenBy })
  return (
    <li class="member-row">
      <span class="member-what">
        <a href={`/assets/${member.asset}`}>{member.assetName}</a>
        {isRoot ? <span class="root-mark">probable cause</span> : null}
        <span class="soft small">{member.ruleTitle}</span>
      </span>
      <span class="member-state">
        <Badge look={member.state === 'firing' ? { ...look, word: 'Firing' } : look} bare />
        {member.hiddenBy ? <span class="quiet micro">{hidingWords[member.hiddenBy.kind].toLowerCase()}</span> : null}
      </span>
      <span class="member-ticket small">
        {member.ticket === null ? null : <a href={`/tickets/${member.ticket}`}>#{member.ticket}</a>}
      </span>
      <span class="member-at quiet small">
        <Moment at={member.at} />
      </span>
    </li>
  )
}

function Timeline({ incident }: { incident: IncidentView }): JSX.Element {
  const { shown, more } = useMore(timelineOf(incident), 30)
  return (
    <section class="card incident-timeline">
      <header>
        <h2>What happened</h2>
      </header>
      <ol class="body timeline">
        {shown.map((each) => (
          <li key={`${each.at} ${each.text}`} class={each.kind}>
            <span class="quiet micro">
              <Moment at={each.at} />
            </span>
            <span class="small">{each.text}</span>
          </li>
        ))}
      </ol>
      {more}
    </section>
  )
}
