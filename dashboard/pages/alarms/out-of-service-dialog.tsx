import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { post } from '../data/client.ts'
import { serverNow } from '../data/clock.ts'
import { Dialog } from '../design/dialog.tsx'
import { Choices, Field } from '../design/field.tsx'
import { toastDone, toastFailed } from '../design/toast.tsx'
import { Moment } from '../design/when.tsx'

const hourMs = 3_600_000
const lengths = [
  { value: '24', label: 'A day' },
  { value: '168', label: 'A week' },
  { value: '720', label: 'Thirty days' },
  { value: '4380', label: 'Half a year' },
] as const

/** Switches an asset or one alarm off for crews, for a reason. It goes on being judged and listed, and comes back by itself. */
export function OutOfServiceDialog(props: {
  /** `/api/v1/assets/pump-07` or `/api/v1/alarms/…`. */
  path: string
  name: string
  of: 'asset' | 'alarm'
  onClose: () => void
  onDone: () => void
}): JSX.Element {
  const [hours, setHours] = useState<(typeof lengths)[number]['value']>('168')
  const [reason, setReason] = useState('')
  const [tried, setTried] = useState(false)
  const missing = reason.trim() === ''

  const take = async () => {
    setTried(true)
    if (missing) return
    try {
      const until = new Date(serverNow() + Number(hours) * hourMs).toISOString()
      await post(`${props.path}/out-of-service`, { reason: reason.trim(), until })
      toastDone(`${props.name} is out of service`, 'It is watched all the same, and calls again when the time is over.')
      props.onDone()
      props.onClose()
    } catch (error) {
      toastFailed(error)
    }
  }

  return (
    <Dialog
      title={props.of === 'asset' ? 'Take this asset out of service' : 'Take this alarm out of service'}
      onClose={props.onClose}
      onSubmit={() => void take()}
      footer={
        <>
          <button type="button" class="button" onClick={props.onClose}>
            Keep it in service
          </button>
          <button type="submit" class="button primary">
            Take out of service
          </button>
        </>
      }
    >
      <p class="soft">
        {props.name}. {props.of === 'asset' ? 'None of its alarms calls' : 'It calls'} a crew{' '}
        {props.of === 'asset' ? '' : 'no more '}until the time is over.
      </p>
      <Choices legend="For" name="hours" value={hours} options={lengths} onChange={setHours} />
      <p class="small soft" role="status">
        Calls again <Moment at={serverNow() + Number(hours) * hourMs} />.
      </p>
      <Field
        label="Why"
        hint="Everybody who looks here will read it."
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
