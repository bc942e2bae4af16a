import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { get, post } from '../data/client.ts'
import { serverNow } from '../data/clock.ts'
import { type ApiProblem, asProblem } from '../data/problem.ts'
import { useResource } from '../data/resource.ts'
import { timeZone } from '../data/session.ts'
import { asset as assetOf, assets } from '../data/town.ts'
import type { ServiceWindowView } from '../data/types.ts'
import { Dialog } from '../design/dialog.tsx'
import { Choices, Field } from '../design/field.tsx'
import { Icon } from '../design/icon.tsx'
import { Failure } from '../design/states.tsx'
import { toastDone } from '../design/toast.tsx'
import { plural } from '../words/units.ts'
import { fromInput, toInput } from './local-time.ts'
import './maintenance.css'

type Reach = ServiceWindowView['reach']
const reaches: readonly { value: Reach; label: string }[] = [
  { value: 'asset', label: 'These assets alone' },
  { value: 'parts', label: 'And what is part of them' },
  { value: 'dependents', label: 'And all that is fed by them or reports through them' },
]
const hourMs = 3_600_000

/** Planned work: which assets, how far it reaches, from when until when, and why. */
export function PlanDialog(props: { asset?: string; onClose: () => void; onDone: () => void }): JSX.Element {
  const zone = timeZone.value
  const [chosen, setChosen] = useState<readonly string[]>(props.asset === undefined ? [] : [props.asset])
  const [typed, setTyped] = useState('')
  const [reach, setReach] = useState<Reach>('dependents')
  const [from, setFrom] = useState(() => toInput(serverNow(), zone))
  const [until, setUntil] = useState(() => toInput(serverNow() + 4 * hourMs, zone))
  const [reason, setReason] = useState('')
  const [tried, setTried] = useState(false)
  const [problem, setProblem] = useState<ApiProblem>()
  const key = chosen.length === 0 ? null : `reach ${reach} ${chosen.join()}`
  const reached = useResource<{ count: number }>(
    key,
    (signal) => get(`/api/v1/maintenance/reach?reach=${reach}&assets=${chosen.map(encodeURIComponent).join()}`, signal),
    { keep: true },
  )

  const add = (id: string) => {
    const isKnown = assetOf(id) !== undefined
    if (isKnown && !chosen.includes(id)) setChosen([...chosen, id])
    setTyped(isKnown ? '' : id)
  }
  // One picked from the list is taken at once; one that is typed may go on: `pump-1` is the beginning of `pump-12`.
  const onInput = ({ currentTarget, inputType }: { currentTarget: HTMLInputElement; inputType?: string }) => {
    const id = currentTarget.value.trim()
    const isPicked = !inputType || inputType === 'insertReplacementText'
    const mayGoOn = assets.value.data?.some((each) => each.id !== id && each.id.startsWith(id)) ?? false
    if (isPicked || !mayGoOn) add(id)
    else setTyped(id)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || typed === '') return
    event.preventDefault()
    add(typed)
  }
  const named = assetOf(typed) === undefined || chosen.includes(typed) ? chosen : [...chosen, typed]
  const start = fromInput(from, zone)
  const end = fromInput(until, zone)
  const faults = {
    assets:
      typed !== '' && assetOf(typed) === undefined
        ? `There is no asset called “${typed}”`
        : named.length === 0
          ? 'Say which asset'
          : undefined,
    from: start === undefined ? 'Say from when' : undefined,
    until:
      end === undefined
        ? 'Say until when'
        : end <= Math.max(start ?? 0, serverNow())
          ? 'The end must be to come, and after the beginning'
          : undefined,
    reason: reason.trim() === '' ? 'Give a reason' : undefined,
  }
  const shown = tried ? faults : undefined

  const plan = async () => {
    setTried(true)
    if (Object.values(faults).some((fault) => fault !== undefined) || start === undefined || end === undefined) return
    try {
      const moments = { from: new Date(start).toISOString(), until: new Date(end).toISOString() }
      await post('/api/v1/maintenance', { assets: named, reach, reason: reason.trim(), ...moments })
      toastDone('Maintenance planned', 'Alarms are judged meanwhile; what is still true at the end is raised.')
      props.onDone()
      props.onClose()
    } catch (error) {
      setProblem(asProblem(error))
    }
  }

  return (
    <Dialog
      title="Plan maintenance"
      onClose={props.onClose}
      onSubmit={() => void plan()}
      footer={
        <>
          <button type="button" class="button" onClick={props.onClose}>
            Cancel
          </button>
          <button type="submit" class="button primary">
            Plan
          </button>
        </>
      }
    >
      {problem ? <Failure problem={problem} /> : null}
      <Field label="Assets" hint="Their ids, as on their plates: pump-07" fault={shown?.assets}>
        {(wiring) => (
          <>
            <input
              {...wiring}
              class="input"
              list="maintenance-assets"
              autocomplete="off"
              autocapitalize="none"
              value={typed}
              onInput={onInput}
              onKeyDown={onKeyDown}
            />
            <datalist id="maintenance-assets">
              {assets.value.data?.map((each) => (
                <option key={each.id} value={each.id}>
                  {each.name}
                </option>
              ))}
            </datalist>
          </>
        )}
      </Field>
      {chosen.length > 0 ? (
        <ul class="chips">
          {chosen.map((id) => (
            <li key={id} class="chip">
              {assetOf(id)?.name ?? id}
              <button
                type="button"
                aria-label={`Take out ${assetOf(id)?.name ?? id}`}
                onClick={() => setChosen(chosen.filter((each) => each !== id))}
              >
                <Icon name="close" size={12} />
              </button>
            </li>
          ))}
        </ul>
      ) : null}
      <Choices legend="How far it reaches" name="reach" value={reach} options={reaches} onChange={setReach} />
      <p class="small soft" role="status">
        {chosen.length === 0 || reached.state.value.data === undefined
          ? 'How many assets that is, is said here.'
          : `No crew is called for ${plural(reached.state.value.data.count, 'asset')} meanwhile.`}
      </p>
      <div class="plan-times">
        <Field label="From" fault={shown?.from}>
          {(wiring) => (
            <input
              {...wiring}
              type="datetime-local"
              class="input"
              value={from}
              onInput={(event) => setFrom(event.currentTarget.value)}
            />
          )}
        </Field>
        <Field label="Until" fault={shown?.until}>
          {(wiring) => (
            <input
              {...wiring}
              type="datetime-local"
              class="input"
              value={until}
              onInput={(event) => setUntil(event.currentTarget.value)}
            />
          )}
        </Field>
      </div>
      {zone === Intl.DateTimeFormat().resolvedOptions().timeZone ? null : (
        <p class="small soft">In the city's time, {zone}.</p>
      )}
      <Field label="Why" fault={shown?.reason}>
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
