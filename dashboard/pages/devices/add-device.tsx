import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { post } from '../data/client.ts'
import { type ApiProblem, asProblem } from '../data/problem.ts'
import type { DeviceCreated } from '../data/types.ts'
import { Dialog } from '../design/dialog.tsx'
import { Field } from '../design/field.tsx'
import { Failure } from '../design/states.tsx'
import { draftFaults, idFrom, namesIn } from './draft.ts'
import { Secret } from './secret.tsx'

/**
 * Two steps: what the device is, and then its secret, shown this once. `seenAs`: the name by which one that is not known
 * tries to log in.
 */
export function AddDevice(props: { seenAs?: string; onClose: () => void; onAdded: () => void }): JSX.Element {
  const [draft, setDraft] = useState({ id: idFrom(props.seenAs ?? ''), title: '', assets: '', publishes: '' })
  const [tried, setTried] = useState(false)
  const [problem, setProblem] = useState<ApiProblem>()
  const [given, setGiven] = useState<DeviceCreated>()
  const faults = tried ? draftFaults(draft) : {}

  const add = async () => {
    setTried(true)
    if (Object.keys(draftFaults(draft)).length > 0) return
    try {
      const body = {
        id: draft.id,
        title: draft.title.trim(),
        assets: namesIn(draft.assets),
        subscribes: [],
        publishes: namesIn(draft.publishes),
      }
      const { seenAs } = props
      setGiven(
        seenAs === undefined
          ? await post<DeviceCreated>('/api/v1/devices', body)
          : await post<DeviceCreated>('/api/v1/discovered/devices/adopt', { ...body, seenAs }),
      )
      props.onAdded()
    } catch (error) {
      setProblem(asProblem(error))
    }
  }

  if (given)
    return (
      <Dialog
        title={`${given.id} is ready`}
        onClose={props.onClose}
        onSubmit={props.onClose}
        footer={
          <button type="submit" class="button primary">
            I have copied it
          </button>
        }
      >
        <Secret given={given} />
      </Dialog>
    )
  return (
    <Dialog
      title={props.seenAs === undefined ? 'Add a device' : `Make a credential for ${props.seenAs}`}
      onClose={props.onClose}
      onSubmit={() => void add()}
      footer={
        <>
          <button type="button" class="button" onClick={props.onClose}>
            Cancel
          </button>
          <button type="submit" class="button primary">
            Add device
          </button>
        </>
      }
    >
      {problem ? <Failure problem={problem} /> : null}
      {props.seenAs !== undefined && props.seenAs !== draft.id ? (
        <p class="small soft">
          It calls itself <span class="mono">{props.seenAs}</span> now: set its user name and client id to this id.
        </p>
      ) : null}
      <Field label="Id" hint="Also its MQTT user name: lower-case letters, digits and hyphens." fault={faults.id}>
        {(wiring) => (
          <input
            {...wiring}
            class="input mono"
            autocapitalize="none"
            autocomplete="off"
            spellcheck={false}
            value={draft.id}
            onInput={(event) => setDraft({ ...draft, id: event.currentTarget.value.trim() })}
          />
        )}
      </Field>
      <Field label="Title" hint="For people: “Logger in the pump house”.">
        {(wiring) => (
          <input
            {...wiring}
            class="input"
            maxLength={200}
            value={draft.title}
            onInput={(event) => setDraft({ ...draft, title: event.currentTarget.value })}
          />
        )}
      </Field>
      <Field
        label="Reports for"
        hint="Ids of assets, with commas between them. It may publish for these and no others."
        fault={faults.assets}
      >
        {(wiring) => (
          <input
            {...wiring}
            class="input mono"
            autocapitalize="none"
            spellcheck={false}
            placeholder="pump-07, pump-08"
            value={draft.assets}
            onInput={(event) => setDraft({ ...draft, assets: event.currentTarget.value })}
          />
        )}
      </Field>
      <Field
        label="Also publishes on"
        hint="For gateways and network servers: the topics that they bring, with commas between them."
      >
        {(wiring) => (
          <input
            {...wiring}
            class="input mono"
            autocapitalize="none"
            spellcheck={false}
            placeholder="spBv1.0/plant-1/#"
            value={draft.publishes}
            onInput={(event) => setDraft({ ...draft, publishes: event.currentTarget.value })}
          />
        )}
      </Field>
    </Dialog>
  )
}
