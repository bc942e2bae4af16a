import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { post } from '../data/client.ts'
import { serverNow } from '../data/clock.ts'
import { asset } from '../data/town.ts'
import type { AlarmView } from '../data/types.ts'
import { Dialog } from '../design/dialog.tsx'
import { Choices, Field } from '../design/field.tsx'
import { toastDone, toastFailed } from '../design/toast.tsx'
import { Moment } from '../design/when.tsx'

const hourMs = 3_600_000
const lengths = [
  { value: '1', label: 'One hour' },
  { value: '8', label: 'A shift, 8 hours' },
  { value: '24', label: 'A day' },
  { value: '168', label: 'A week' },
] as const

/** Shelving hides an alarm from crews for a while, for a reason that everybody can read. It is judged all the same. */
export function ShelveDialog(props: {
  alarm: AlarmView
  onClose: () => void
  onChanged: (alarm: AlarmView) => void
}): JSX.Element {
  const { alarm } = props
  const [hours, setHours] = useState<(typeof lengths)[number]['value']>('8')
  const [reason, setReason] = useState('')
  const [tried, setTried] = useState(false)
  const missing = reason.trim() === ''

  const shelve = async () => {
    setTried(true)
    if (missing) return
    try {
      const until = new Date(serverNow() + Number(hours) * hourMs).toISOString()
      props.onChanged(
        await post<AlarmView>(`/api/v1/alarms/${encodeURIComponent(alarm.id)}/shelve`, {
          reason: reason.trim(),
          until,
        }),
      )
      toastDone('Alarm shelved', 'It stays on show with your reason.')
      props.onClose()
    } catch (error) {
      toastFailed(error)
    }
  }

  return (
    <Dialog
      title="Shelve this alarm"
      onClose={props.onClose}
      onSubmit={() => void shelve()}
      footer={
        <>
          <button type="button" class="button" onClick={props.onClose}>
            Keep it
          </button>
          <button type="submit" class="button primary">
            Shelve
          </button>
        </>
      }
    >
      <p class="soft">
        “{alarm.ruleTitle}” of {asset(alarm.asset)?.name ?? alarm.asset}. Crews are not called for it until the time is
        over.
      </p>
      <Choices legend="For" name="hours" value={hours} options={lengths} onChange={setHours} />
      <p class="small soft" role="status">
        Calls again <Moment at={serverNow() + Number(hours) * hourMs} />.
      </p>
      <Field
        label="Why"
        hint="Everybody who looks at this asset will read it."
        fault={tried && missing ? 'Give a reason' : undefined}
      >
        {(wiring) => (
          <textarea
            {...wiring}
            class="input"
            maxLength={1_000}
            value={reason}
            onInput={(event) => setReason(event.currentTarget.value)}
          />
        )}
      </Field>
    </Dialog>
  )
}
