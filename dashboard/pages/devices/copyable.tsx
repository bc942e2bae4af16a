import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { Icon } from '../design/icon.tsx'

/** Text that is there to be taken elsewhere. */
export function Copyable({ label, text }: { label: string; text: string }): JSX.Element {
  const [copied, setCopied] = useState<string>()
  const copy = () => {
    // Without a secure context there is no clipboard; the text can be selected by hand.
    navigator.clipboard?.writeText(text).then(
      () => setCopied(text),
      () => setCopied(undefined),
    )
  }
  const done = copied === text
  return (
    <div class="stack copyable">
      <div class="row apart">
        <span class="small soft">{label}</span>
        <button type="button" class="button small" onClick={copy}>
          <Icon name={done ? 'check' : 'copy'} size={14} />
          <span aria-live="polite">{done ? 'Copied' : 'Copy'}</span>
          <span class="visually-hidden"> {label}</span>
        </button>
      </div>
      <pre class="code-block">{text}</pre>
    </div>
  )
}
