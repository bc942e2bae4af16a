import type { JSX } from 'preact'
import { remove } from '../data/client.ts'
import { may } from '../data/session.ts'
import { asset } from '../data/town.ts'
import type { ServiceWindowView } from '../data/types.ts'
import { Icon } from '../design/icon.tsx'
import { Badge } from '../design/shape.tsx'
import { Empty } from '../design/states.tsx'
import { toastDone, toastFailed } from '../design/toast.tsx'
import { Moment } from '../design/when.tsx'
import { windowLooks } from '../words/states.ts'
import { plural } from '../words/units.ts'
import './maintenance.css'

/** What is quiet on purpose: work that is planned, things out of service, crews on site. */
export function WindowList(props: {
  windows: readonly ServiceWindowView[]
  onChanged: () => void
  onPlan: () => void
}): JSX.Element {
  if (props.windows.length === 0)
    return (
      <Empty
        icon="clock"
        title="Nothing is planned and everything is in service"
        action={
          may('operate') ? (
            <button type="button" class="button small" onClick={props.onPlan}>
              Plan maintenance
            </button>
          ) : undefined
        }
      >
        While work is planned on an asset, or a crew has begun a ticket at it, its alarms call nobody. They are judged
        and listed, and what is still true at the end is raised.
      </Empty>
    )
  const sorted = [...props.windows].sort(
    (one, other) => one.from.localeCompare(other.from) || one.id.localeCompare(other.id),
  )
  return (
    <ul class="window-rows">
      {sorted.map((window) => (
        <WindowRow key={window.id} window={window} onChanged={props.onChanged} />
      ))}
    </ul>
  )
}

function WindowRow({ window, onChanged }: { window: ServiceWindowView; onChanged: () => void }): JSX.Element {
  const end = async () => {
    try {
      await remove(`/api/v1/maintenance/${encodeURIComponent(window.id)}`)
      toastDone(window.open ? 'In service again' : 'Called off', window.open ? 'What still holds is raised now.' : '')
      onChanged()
    } catch (error) {
      toastFailed(error)
    }
  }
  const { assets, alarm, covers, reason, by } = window
  const more = covers - assets.length
  const what = alarm === null ? undefined : alarm.slice(alarm.indexOf('@') + 1)
  return (
    <li class="card window-row">
      <div class="window-what">
        <div class="row wrap">
          <Badge look={windowLooks[window.kind]} />
          {window.open ? null : <span class="quiet small">planned</span>}
        </div>
        <p class="window-assets">
          {assets.map((each, index) => (
            <span key={each.id}>
              {index > 0 ? ', ' : ''}
              <a href={`/assets/${each.id}`}>{each.name}</a>
            </span>
          ))}
          {what === undefined ? null : (
            <>
              One alarm of <a href={`/assets/${what}`}>{asset(what)?.name ?? what}</a>
            </>
          )}
          {more > 0 ? <span class="soft"> and {plural(more, 'asset')} that depend on it</span> : null}
        </p>
        <p class="soft small">
          {window.ticket === null ? (
            reason
          ) : (
            <>
              Work on <a href={`/tickets/${window.ticket}`}>ticket {window.ticket}</a>
            </>
          )}
        </p>
        <p class="quiet small">
          <Moment at={window.from} /> to <Moment at={window.until} /> · {by}
        </p>
      </div>
      {may('operate') ? (
        <button type="button" class="button small" onClick={() => void end()}>
          <Icon name={window.open ? 'check' : 'close'} size={14} /> {window.open ? 'End now' : 'Call off'}
        </button>
      ) : null}
    </li>
  )
}
