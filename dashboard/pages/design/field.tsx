import type { ComponentChildren, JSX } from 'preact'
import { useId } from 'preact/hooks'
import { Icon } from './icon.tsx'

type Wiring = { id: string; 'aria-describedby'?: string; 'aria-invalid'?: 'true' }

/** A label, what to write, and what is wrong with it, wired together for screen readers. */
export function Field(props: {
  label: string
  hint?: string | undefined
  fault?: string | undefined
  children: (wiring: Wiring) => ComponentChildren
}): JSX.Element {
  const id = useId()
  const described = [props.hint ? `${id}-hint` : '', props.fault ? `${id}-fault` : ''].filter(Boolean).join(' ')
  return (
    <div class="field">
      <label for={id}>{props.label}</label>
      {props.hint ? (
        <span class="hint" id={`${id}-hint`}>
          {props.hint}
        </span>
      ) : null}
      {props.children({
        id,
        ...(described ? { 'aria-describedby': described } : {}),
        ...(props.fault ? { 'aria-invalid': 'true' as const } : {}),
      })}
      {props.fault ? (
        <span class="fault" id={`${id}-fault`}>
          <Icon name="warning" size={14} />
          {props.fault}
        </span>
      ) : null}
    </div>
  )
}

export function Choices<T extends string>(props: {
  legend: string
  name: string
  value: T | undefined
  options: readonly { value: T; label: string }[]
  onChange: (value: T) => void
  fault?: string | undefined
}): JSX.Element {
  return (
    <fieldset class="stack">
      <legend class="label small" style={{ marginBottom: '6px' }}>
        {props.legend}
      </legend>
      {props.options.map((option) => (
        <label class="choice" key={option.value}>
          <input
            type="radio"
            name={props.name}
            value={option.value}
            checked={props.value === option.value}
            onChange={() => props.onChange(option.value)}
          />
          <span>{option.label}</span>
        </label>
      ))}
      {props.fault ? (
        <span class="field">
          <span class="fault">
            <Icon name="warning" size={14} />
            {props.fault}
          </span>
        </span>
      ) : null}
    </fieldset>
  )
}

export function SearchBox(props: {
  label: string
  value: string
  placeholder?: string
  onInput: (text: string) => void
}): JSX.Element {
  return (
    <div class="search">
      <Icon name="search" />
      <input
        class="input compact"
        type="search"
        aria-label={props.label}
        placeholder={props.placeholder ?? props.label}
        value={props.value}
        onInput={(event) => props.onInput(event.currentTarget.value)}
        autocomplete="off"
        spellcheck={false}
      />
    </div>
  )
}

export function Select(props: {
  label: string
  value: string
  options: readonly { value: string; text: string }[]
  onChange: (value: string) => void
}): JSX.Element {
  return (
    <select
      class="select compact"
      aria-label={props.label}
      value={props.value}
      onChange={(event) => props.onChange(event.currentTarget.value)}
    >
      {props.options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.text}
        </option>
      ))}
    </select>
  )
}

/** One of a few, all in sight. */
export function Segmented<T extends string>(props: {
  label: string
  value: T | undefined
  options: readonly { value: T; text: ComponentChildren }[]
  onChange: (value: T) => void
}): JSX.Element {
  return (
    <fieldset class="segmented" aria-label={props.label}>
      {props.options.map((option) => (
        <button
          key={option.value}
          type="button"
          aria-pressed={props.value === option.value}
          onClick={() => props.onChange(option.value)}
        >
          {option.text}
        </button>
      ))}
    </fieldset>
  )
}
