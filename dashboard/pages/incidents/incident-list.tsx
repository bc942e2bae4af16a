import type { JSX } from 'preact'
import type { IncidentSummary } from '../data/types.ts'
import { useMore } from '../design/more.tsx'
import { Badge } from '../design/shape.tsx'
import { Empty } from '../design/states.tsx'
import { Moment } from '../design/when.tsx'
import { setQuery } from '../routing/router.ts'
import { incidentLooks } from '../words/states.ts'
import { plural } from '../words/units.ts'
import './incidents.css'

/** Alarms that are probably one event, the newest first. */
export function IncidentList({
  incidents,
  past,
}: {
  incidents: readonly IncidentSummary[]
  past: boolean
}): JSX.Element {
  const list = incidents.filter(({ state }) => state !== 'merged')
  const { shown, more } = useMore(list, 50)
  return (
    <>
      <label class="choice past-choice">
        <input
          type="checkbox"
          checked={past}
          onChange={() => setQuery({ past: past ? undefined : 'yes' }, { replace: true })}
        />
        <span>Also those that are over</span>
      </label>
      {list.length === 0 ? (
        <Empty icon="check" title={past ? 'There was no incident yet' : 'No incident is going on'}>
          When several alarms fire together and have a place, a feeder or a gateway in common, they are shown as one,
          with what probably caused it and why. Its crew gets one message.
        </Empty>
      ) : (
        <ul class="incident-rows">
          {shown.map((incident) => (
            <IncidentRow key={incident.number} incident={incident} />
          ))}
        </ul>
      )}
      {more}
    </>
  )
}

export function IncidentRow({ incident }: { incident: IncidentSummary }): JSX.Element {
  const { number, title, reasons, tickets, alarms, assets } = incident
  return (
    <li class="card incident-row">
      <div class="row apart wrap">
        <Badge look={incidentLooks[incident.state]} />
        <span class="quiet small">
          #{number} · <Moment at={incident.startedAt} />
        </span>
      </div>
      <a class="incident-title" href={`/incidents/${number}`}>
        {title}
      </a>
      {reasons[0] ? <p class="soft small">{reasons[0]}</p> : null}
      <p class="quiet small">
        {plural(alarms, 'alarm')} on {plural(assets, 'asset')}
        {tickets.length > 0 ? ` · ${plural(tickets.length, 'open ticket')}` : ''}
      </p>
    </li>
  )
}
