import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { HiddenBy } from '../alarms/hidden-by.tsx'
import { post } from '../data/client.ts'
import { may } from '../data/session.ts'
import type { AlarmView } from '../data/types.ts'
import { Icon } from '../design/icon.tsx'
import { Badge } from '../design/shape.tsx'
import { toastDone, toastFailed } from '../design/toast.tsx'
import { Age } from '../design/when.tsx'
import { alarmLook } from '../words/states.ts'
import { plural, sentence } from '../words/units.ts'
import { ShelveDialog } from './shelve-dialog.tsx'

type Props = {
  alarms: readonly AlarmView[]
  onChanged: (alarm: AlarmView) => void
}

const order: readonly AlarmView['state'][] = ['firing', 'pending', 'recovering', 'inactive']

/** Every alarm of the asset, also those that something hides: with what hides it, and with its own state. */
export function AlarmsPanel(props: Props): JSX.Element {
  const sorted = [...props.alarms].sort(
    (a, b) =>
      order.indexOf(a.state) - order.indexOf(b.state) ||
      Number(a.hiddenBy !== null) - Number(b.hiddenBy !== null) ||
      (a.level ?? '').localeCompare(b.level ?? '') ||
      a.ruleTitle.localeCompare(b.ruleTitle),
  )
  const loud = sorted.filter((alarm) => alarm.state !== 'inactive' || alarm.hiddenBy || alarm.error)
  const quiet = sorted.filter((alarm) => !loud.includes(alarm))
  return (
    <section class="card">
      <header>
        <h2>Alarms</h2>
      </header>
      {loud.length === 0 ? (
        <p class="body small quiet">
          {props.alarms.length === 0
            ? 'No rule watches this asset yet.'
            : `All quiet: ${plural(quiet.length, 'rule')} ${quiet.length === 1 ? 'watches' : 'watch'}, none has anything to say.`}
        </p>
      ) : (
        <ul class="side-rows">
          {loud.map((alarm) => (
            <AlarmRow key={alarm.id} alarm={alarm} {...props} />
          ))}
        </ul>
      )}
      {quiet.length > 0 ? (
        <details class="body">
          <summary>
            <Icon name="chevron-right" size={14} class="chevron" /> {plural(quiet.length, 'quiet rule')}
          </summary>
          <ul class="stack small soft">
            {quiet.map((alarm) => (
              <li key={alarm.id}>
                <a href={`/rules/${alarm.rule}`}>{alarm.ruleTitle}</a>
              </li>
            ))}
          </ul>
        </details>
      ) : null}
    </section>
  )
}

function AlarmRow({ alarm, onChanged }: Props & { alarm: AlarmView }): JSX.Element {
  const [shelving, setShelving] = useState(false)
  const act = async (name: 'acknowledge' | 'unshelve', done: string) => {
    try {
      onChanged(await post<AlarmView>(`/api/v1/alarms/${encodeURIComponent(alarm.id)}/${name}`))
      toastDone(done)
    } catch (error) {
      toastFailed(error)
    }
  }
  return (
    <li class="alarm">
      <div class="row apart">
        <Badge look={alarmLook(alarm)} />
        <span class="micro quiet">
          since <Age at={alarm.since} />
        </span>
      </div>
      <p class="side-title">
        <a href={`/rules/${alarm.rule}`}>{alarm.ruleTitle}</a>
      </p>
      {alarm.reason ? <p class="side-detail">{sentence(alarm.reason)}</p> : null}
      {alarm.hiddenBy ? <HiddenBy hiding={alarm.hiddenBy} /> : null}
      {alarm.error ? <p class="small alarm-error">The rule failed and is set aside: {alarm.error}</p> : null}
      {alarm.acknowledgedBy ? <p class="side-detail">Acknowledged by {alarm.acknowledgedBy}</p> : null}
      {may('operate') && alarm.state !== 'inactive' ? (
        <div class="row alarm-actions">
          {alarm.acknowledgedBy === null && alarm.hiddenBy === null && alarm.state === 'firing' ? (
            <button type="button" class="button small" onClick={() => act('acknowledge', 'Alarm acknowledged')}>
              Acknowledge
            </button>
          ) : null}
          {alarm.hiddenBy !== null && alarm.hiddenBy.kind !== 'suppressed' ? null : (
            <button type="button" class="button small" onClick={() => setShelving(true)}>
              Shelve…
            </button>
          )}
        </div>
      ) : null}
      {may('operate') && alarm.hiddenBy?.kind === 'shelved' ? (
        <button type="button" class="button small" onClick={() => act('unshelve', 'The alarm is no longer shelved')}>
          Take off the shelf
        </button>
      ) : null}
      {shelving ? <ShelveDialog alarm={alarm} onClose={() => setShelving(false)} onChanged={onChanged} /> : null}
    </li>
  )
}
