import type { JSX } from 'preact'
import { now } from '../data/clock.ts'
import { timeZone } from '../data/session.ts'
import { Segmented } from '../design/field.tsx'
import { Icon, type IconName } from '../design/icon.tsx'
import { formatMoment } from '../words/time.ts'
import { moved, presets, type RangeText, resolveRange, zoomedOut } from './range.ts'

/** The time shown, for all charts at once. Everything a drag can do there is a button here. */
export function RangeBar(props: {
  text: RangeText
  onChange: (text: RangeText) => void
  asTable: boolean
  onTable: (asTable: boolean) => void
}): JSX.Element {
  const { text, onChange } = props
  const at = now.value
  const range = resolveRange(text, at)
  const zone = timeZone.value
  const follows = text.to === 'now'
  const preset = follows ? presets.find((each) => each.from === text.from) : undefined
  return (
    <div class="range-bar" role="toolbar" aria-label="Time range">
      <Segmented
        label="Last"
        value={preset?.from}
        options={presets.map((each) => ({
          value: each.from,
          text: (
            <>
              <span aria-hidden="true">{each.short}</span>
              <span class="visually-hidden">{each.long}</span>
            </>
          ),
        }))}
        onChange={(from) => onChange({ from, to: 'now' })}
      />
      <div class="row range-steps">
        <Step icon="chevron-left" label="Earlier" onClick={() => onChange(moved(text, -1, at))} />
        <Step icon="zoom-out" label="Zoom out" onClick={() => onChange(zoomedOut(text, at))} />
        <Step icon="chevron-right" label="Later" disabled={follows} onClick={() => onChange(moved(text, 1, at))} />
      </div>
      <p class="range-text small soft">
        {formatMoment(range.from, at, zone)} to {follows ? 'now' : formatMoment(range.to, at, zone)}
      </p>
      <Segmented
        label="Show as"
        value={props.asTable ? 'tables' : 'charts'}
        options={[
          { value: 'charts', text: <Word icon="wave" text="Charts" /> },
          { value: 'tables', text: <Word icon="table" text="Tables" /> },
        ]}
        onChange={(show) => props.onTable(show === 'tables')}
      />
    </div>
  )
}

function Word({ icon, text }: { icon: IconName; text: string }): JSX.Element {
  return (
    <>
      <Icon name={icon} size={15} />
      <span>{text}</span>
    </>
  )
}

function Step(props: { icon: IconName; label: string; disabled?: boolean; onClick: () => void }): JSX.Element {
  return (
    <button
      type="button"
      class="button plain icon"
      aria-label={props.label}
      title={props.label}
      disabled={props.disabled ?? false}
      onClick={props.onClick}
    >
      <Icon name={props.icon} />
    </button>
  )
}
