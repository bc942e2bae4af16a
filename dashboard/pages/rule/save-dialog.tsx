import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { RuleView } from '../data/types.ts'
import { Dialog } from '../design/dialog.tsx'
import { Field } from '../design/field.tsx'
import { plural } from '../words/units.ts'

/** Says what saving means, and asks why. */
export function SaveDialog(props: {
  rule: RuleView
  onClose: () => void
  onSave: (note: string) => void
}): JSX.Element {
  const [note, setNote] = useState('')
  return (
    <Dialog
      title="Save the rule"
      onClose={props.onClose}
      onSubmit={() => props.onSave(note.trim())}
      footer={
        <>
          <button type="button" class="button" onClick={props.onClose}>
            Not now
          </button>
          <button type="submit" class="button primary">
            Save
          </button>
        </>
      }
    >
      <p class="soft">
        From now on {plural(props.rule.assets, 'asset')} {props.rule.assets === 1 ? 'is' : 'are'} judged by it, and the
        readings of the last day again. Alarms that it no longer finds are over. The earlier text is kept.
      </p>
      <Field label="Why (for whoever looks later)">
        {(wiring) => (
          <input
            {...wiring}
            class="input"
            maxLength={500}
            value={note}
            onInput={(event) => setNote(event.currentTarget.value)}
          />
        )}
      </Field>
    </Dialog>
  )
}
