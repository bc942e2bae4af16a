import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { ShelveDialog } from '../asset/shelve-dialog.tsx'
import { post } from '../data/client.ts'
import { may } from '../data/session.ts'
import { asset } from '../data/town.ts'
import type { AlarmView } from '../data/types.ts'
import { Badge } from '../design/shape.tsx'
import { toastDone, toastFailed } from '../design/toast.tsx'
import { Age } from '../design/when.tsx'
import { alarmLook } from '../words/states.ts'
import { sentence } from '../words/units.ts'
import { HiddenBy } from './hidden-by.tsx'
import { OutOfServiceDialog } from './out-of-service-dialog.tsx'

type Props = {
  alarm: AlarmView
  /** What hides it is said above the whole group. */
  inGroup?: boolean
  onChanged: (alarm: AlarmView) => void
  onWindow: () => void
}

export function AlarmRow({ alarm, inGroup, onChanged, onWindow }: Props): JSX.Element {
  const [open, setOpen] = useState<'shelve' | 'out of service'>()
  const path = `/api/v1/alarms/${encodeURIComponent(alarm.id)}`
  const act = async (name: 'acknowledge' | 'unshelve' | 'in-service', done: string) => {
    try {
      const answer = await post<AlarmView>(`${path}/${name}`)
      if (name === 'in-service') onWindow()
      else onChanged(answer)
      toastDone(done)
    } catch (error) {
      toastFailed(error)
    }
  }
  const { hiddenBy } = alarm
  const name = asset(alarm.asset)?.name ?? alarm.asset
  const button = (text: string, onClick: () => void) => (
    <button type="button" class="button small" onClick={onClick}>
      {text}
    </button>
  )
  return (
    <li class="alarm-row">
      <div class="alarm-state">
        <Badge look={alarmLook(alarm)} />
      </div>
      <div class="alarm-what">
        <a class="alarm-name" href={`/assets/${alarm.asset}`}>
          {name}
        </a>
        <a class="soft small alarm-rule" href={`/rules/${alarm.rule}`}>
          {alarm.ruleTitle}
        </a>
        {alarm.reason ? <span class="soft small">{sentence(alarm.reason)}</span> : null}
        {alarm.acknowledgedBy ? <span class="quiet small">Acknowledged by {alarm.acknowledgedBy}</span> : null}
        {alarm.error ? <p class="small alarm-error">The rule failed and is set aside: {alarm.error}</p> : null}
        {hiddenBy && !inGroup ? <HiddenBy hiding={hiddenBy} /> : null}
      </div>
      <span class="alarm-since quiet small">{alarm.state === 'inactive' ? '' : <Age at={alarm.since} />}</span>
      {may('operate') ? (
        <div class="alarm-does">
          {hiddenBy === null && alarm.state === 'firing' && alarm.acknowledgedBy === null
            ? button('Acknowledge', () => void act('acknowledge', 'Alarm acknowledged'))
            : null}
          {hiddenBy === null ? button('Shelve…', () => setOpen('shelve')) : null}
          {hiddenBy === null ? button('Out of service…', () => setOpen('out of service')) : null}
          {hiddenBy?.kind === 'shelved'
            ? button('Take off the shelf', () => void act('unshelve', 'The alarm is no longer shelved'))
            : null}
        </div>
      ) : null}
      {open === 'shelve' ? (
        <ShelveDialog alarm={alarm} onClose={() => setOpen(undefined)} onChanged={onChanged} />
      ) : null}
      {open === 'out of service' ? (
        <OutOfServiceDialog
          path={path}
          of="alarm"
          name={`“${alarm.ruleTitle}” of ${name}`}
          onClose={() => setOpen(undefined)}
          onDone={onWindow}
        />
      ) : null}
    </li>
  )
}
