import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { post } from '../data/client.ts'
import { type ApiProblem, asProblem } from '../data/problem.ts'
import { asset as assetOf, assets, classes, reloadAssets } from '../data/town.ts'
import type { DiscoveredView } from '../data/types.ts'
import { Dialog } from '../design/dialog.tsx'
import { Field, Segmented } from '../design/field.tsx'
import { Icon } from '../design/icon.tsx'
import { Failure } from '../design/states.tsx'
import { toastDone } from '../design/toast.tsx'
import { readableUnit } from '../words/units.ts'
import { type AdoptDraft, type AdoptFaults, adoptFaults, adoptionOf, draftFor } from './adopt-draft.ts'
import { NewAsset } from './new-asset.tsx'

/** Which sensor a name stands for, and how what is sent becomes its value. */
export function AdoptDialog(props: { found: DiscoveredView; onClose: () => void; onAdopted: () => void }): JSX.Element {
  const { found } = props
  const [draft, setDraft] = useState<AdoptDraft>(() => draftFor(found))
  const [tried, setTried] = useState(false)
  const [problem, setProblem] = useState<ApiProblem>()
  const faults = tried ? adoptFaults(draft) : {}
  const change = (part: Partial<AdoptDraft>) => setDraft({ ...draft, ...part })

  const adopt = async () => {
    setTried(true)
    if (Object.keys(adoptFaults(draft)).length > 0) return
    try {
      const body = adoptionOf(found.name, draft)
      await post('/api/v1/discovered/adopt', body)
      if (body.assets.length > 0) void reloadAssets()
      toastDone(`Adopted as ${body.items[0]?.sensor ?? ''}`, 'What comes from now on is kept.')
      props.onAdopted()
    } catch (error) {
      setProblem(asProblem(error))
    }
  }

  return (
    <Dialog
      title="Adopt"
      onClose={props.onClose}
      onSubmit={() => void adopt()}
      footer={
        <>
          <button type="button" class="button" onClick={props.onClose}>
            Cancel
          </button>
          <button type="submit" class="button primary">
            Adopt
          </button>
        </>
      }
    >
      <p class="found-in-dialog">
        <span class="mono">{found.name}</span>
        <span class="quiet">
          {' '}
          sent {found.value} {found.unit ?? ''}
        </span>
      </p>
      {problem ? <Failure problem={problem} /> : null}
      <Segmented
        label="Asset"
        value={draft.where}
        options={[
          { value: 'existing', text: 'Known asset' },
          { value: 'new', text: 'New asset' },
        ]}
        onChange={(where) => change({ where, quantity: '' })}
      />
      {draft.where === 'existing' ? (
        <Field label="Asset" hint="Its id, such as pump-07." fault={faults.asset}>
          {(wiring) => (
            <>
              <input
                {...wiring}
                class="input mono"
                list="assets-known"
                autocapitalize="none"
                spellcheck={false}
                value={draft.asset}
                onInput={(event) => change({ asset: event.currentTarget.value.trim() })}
              />
              <datalist id="assets-known">
                {(assets.value.data ?? []).slice(0, assetsOfferedMax).map((asset) => (
                  <option key={asset.id} value={asset.id}>
                    {asset.name}
                  </option>
                ))}
              </datalist>
            </>
          )}
        </Field>
      ) : (
        <NewAsset draft={draft} faults={faults} onChange={change} />
      )}
      <Measured draft={draft} faults={faults} onChange={change} />
    </Dialog>
  )
}

// A browser is slow to offer more; whoever has more types the id.
const assetsOfferedMax = 2_000

function Measured(props: {
  draft: AdoptDraft
  faults: AdoptFaults
  onChange: (part: Partial<AdoptDraft>) => void
}): JSX.Element {
  const { draft, faults, onChange } = props
  const classId = draft.where === 'new' ? draft.class : assetOf(draft.asset)?.class
  const quantities = classes.value.find((each) => each.id === classId)?.quantities ?? []
  const own = quantities.find((each) => each.id === draft.quantity)?.unit
  return (
    <>
      <Field label="Measures" fault={faults.quantity}>
        {(wiring) => (
          <select
            {...wiring}
            class="select"
            value={draft.quantity}
            onChange={(event) => onChange({ quantity: event.currentTarget.value })}
          >
            <option value="">{quantities.length === 0 ? 'Name the asset first' : 'Choose…'}</option>
            {quantities.map((each) => (
              <option key={each.id} value={each.id}>
                {each.title}
                {readableUnit(each.unit) ? `, ${readableUnit(each.unit)}` : ''}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field
        label="Unit sent"
        hint={own === undefined ? 'UCUM code, such as [degF], kPa, L/s.' : `UCUM code. Empty: ${own}, as it is kept.`}
      >
        {(wiring) => (
          <input
            {...wiring}
            class="input mono"
            autocapitalize="none"
            spellcheck={false}
            value={draft.unit}
            placeholder={own ?? ''}
            onInput={(event) => onChange({ unit: event.currentTarget.value })}
          />
        )}
      </Field>
      <details open={draft.factor !== ''}>
        <summary>
          <Icon name="chevron-right" size={14} class="chevron" /> Raw counts, or in place of another source
        </summary>
        <div class="field-pair">
          <Field label="Factor" hint="Kept = sent × factor + offset" fault={faults.factor}>
            {(wiring) => (
              <input
                {...wiring}
                class="input"
                inputMode="decimal"
                value={draft.factor}
                onInput={(event) => onChange({ factor: event.currentTarget.value })}
              />
            )}
          </Field>
          <Field label="Offset" hint={own === undefined ? '0 if empty' : `In ${own}; 0 if empty`} fault={faults.offset}>
            {(wiring) => (
              <input
                {...wiring}
                class="input"
                inputMode="decimal"
                value={draft.offset}
                onInput={(event) => onChange({ offset: event.currentTarget.value })}
              />
            )}
          </Field>
        </div>
        <label class="choice">
          <input
            type="checkbox"
            checked={draft.replace}
            onChange={(event) => onChange({ replace: event.currentTarget.checked })}
          />
          <span>The instrument was exchanged: take the place of the name that fed this sensor before</span>
        </label>
      </details>
    </>
  )
}
