import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { post } from '../data/client.ts'
import { type ApiProblem, asProblem } from '../data/problem.ts'
import { assets, changeTicket, classes } from '../data/town.ts'
import type { TicketSummary, TicketView } from '../data/types.ts'
import { Dialog } from '../design/dialog.tsx'
import { Choices, Field } from '../design/field.tsx'
import { Failure } from '../design/states.tsx'
import { toastDone } from '../design/toast.tsx'
import { navigate } from '../routing/router.ts'

const severityOptions: readonly { value: TicketSummary['severity']; label: string }[] = [
  { value: 'minor', label: 'Minor: can wait for the next round' },
  { value: 'moderate', label: 'Moderate: this week' },
  { value: 'major', label: 'Major: today or tomorrow' },
  { value: 'critical', label: 'Critical: somebody must go now' },
]

type Draft = { asset: string; failureMode: string; severity: TicketSummary['severity']; note: string }

function faultsOf(draft: Draft): Partial<Record<keyof Draft, string>> {
  const known = assets.value.data?.some((asset) => asset.id === draft.asset)
  return {
    ...(known ? {} : { asset: draft.asset === '' ? 'Say which asset' : `There is no asset called “${draft.asset}”` }),
    ...(draft.failureMode === '' ? { failureMode: 'Say what is wrong' } : {}),
    ...(draft.note.trim() === '' ? { note: 'Say what was seen' } : {}),
  }
}

/** A person's own ticket, for what no sensor sees. */
export function NewTicket(props: { asset?: string; onClose: () => void }): JSX.Element {
  const [draft, setDraft] = useState<Draft>({
    asset: props.asset ?? '',
    failureMode: '',
    severity: 'moderate',
    note: '',
  })
  const [tried, setTried] = useState(false)
  const [problem, setProblem] = useState<ApiProblem>()
  const faults = tried ? faultsOf(draft) : {}
  const asset = assets.value.data?.find((each) => each.id === draft.asset)
  const modes = classes.value.find((each) => each.id === asset?.class)?.failureModes ?? []
  const change = (part: Partial<Draft>) => setDraft({ ...draft, ...part })

  const raise = async () => {
    setTried(true)
    if (Object.keys(faultsOf(draft)).length > 0) return
    try {
      const ticket = await post<TicketView>('/api/v1/tickets', draft)
      changeTicket(ticket)
      toastDone(`Ticket ${ticket.number} raised`)
      props.onClose()
      navigate(`/tickets/${ticket.number}`)
    } catch (error) {
      setProblem(asProblem(error))
    }
  }

  return (
    <Dialog
      title="New ticket"
      onClose={props.onClose}
      onSubmit={() => void raise()}
      footer={
        <>
          <button type="button" class="button" onClick={props.onClose}>
            Cancel
          </button>
          <button type="submit" class="button primary">
            Raise ticket
          </button>
        </>
      }
    >
      {problem ? <Failure problem={problem} /> : null}
      {props.asset === undefined ? (
        <Field label="Asset" hint="Its id, as on its plate: pump-07" fault={faults.asset}>
          {(wiring) => (
            <>
              <input
                {...wiring}
                class="input"
                list="asset-names"
                autocomplete="off"
                autocapitalize="none"
                value={draft.asset}
                onInput={(event) => change({ asset: event.currentTarget.value.trim(), failureMode: '' })}
              />
              <datalist id="asset-names">
                {assets.value.data?.map((each) => (
                  <option key={each.id} value={each.id}>
                    {each.name}
                  </option>
                ))}
              </datalist>
            </>
          )}
        </Field>
      ) : (
        <p>
          <span class="quiet">On</span> <strong>{asset?.name ?? props.asset}</strong>
        </p>
      )}
      {modes.length > 0 ? (
        <Choices
          legend="What is wrong"
          name="failure-mode"
          value={draft.failureMode === '' ? undefined : draft.failureMode}
          options={modes.map((mode) => ({ value: mode.id, label: mode.title }))}
          onChange={(failureMode) => change({ failureMode })}
          fault={faults.failureMode}
        />
      ) : null}
      <Choices
        legend="How bad"
        name="severity"
        value={draft.severity}
        options={severityOptions}
        onChange={(severity) => change({ severity })}
      />
      <Field label="What was seen" fault={faults.note}>
        {(wiring) => (
          <textarea
            {...wiring}
            class="input"
            maxLength={4_000}
            value={draft.note}
            onInput={(event) => change({ note: event.currentTarget.value })}
          />
        )}
      </Field>
    </Dialog>
  )
}
