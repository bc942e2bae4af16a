import type { JSX } from 'preact'
import { classes } from '../data/town.ts'
import { Field } from '../design/field.tsx'
import type { AdoptDraft, AdoptFaults } from './adopt-draft.ts'

/** As much of an asset as it takes to hang a sensor on it; the rest is filled in later. */
export function NewAsset(props: {
  draft: AdoptDraft
  faults: AdoptFaults
  onChange: (part: Partial<AdoptDraft>) => void
}): JSX.Element {
  const { draft, faults, onChange } = props
  const text = (field: 'asset' | 'name' | 'latitude' | 'longitude', label: string, hint: string) => (
    <Field label={label} hint={hint} fault={faults[field]}>
      {(wiring) => (
        <input
          {...wiring}
          class={field === 'asset' ? 'input mono' : 'input'}
          autocapitalize={field === 'asset' ? 'none' : 'sentences'}
          spellcheck={false}
          value={draft[field]}
          onInput={(event) => onChange({ [field]: event.currentTarget.value })}
        />
      )}
    </Field>
  )
  return (
    <>
      {text('asset', 'Id', 'Lower-case letters, digits and hyphens: pump-08.')}
      {text('name', 'Name', 'For people: “Pump 8, Mill Lane”.')}
      <Field label="Class" fault={faults.class}>
        {(wiring) => (
          <select
            {...wiring}
            class="select"
            value={draft.class}
            onChange={(event) => onChange({ class: event.currentTarget.value, quantity: '' })}
          >
            <option value="">Choose…</option>
            {classes.value.map((each) => (
              <option key={each.id} value={each.id}>
                {each.title}
              </option>
            ))}
          </select>
        )}
      </Field>
      <div class="field-pair">
        {text('latitude', 'Latitude', 'Degrees, such as 48.21')}
        {text('longitude', 'Longitude', 'Degrees, such as 16.37')}
      </div>
    </>
  )
}
