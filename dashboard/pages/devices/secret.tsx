import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { DeviceView } from '../data/types.ts'
import { Icon } from '../design/icon.tsx'

export type SecretGiven = DeviceView & { readonly secret: string }

const mqttPortUsual = 1883

/** A line to paste into a terminal that sends a first reading; the quantity is the reader's to choose. */
export function publishLine(given: SecretGiven, host: string): string {
  const asset = given.assets[0]
  const topic = asset ? `telemetry/${asset}/QUANTITY` : `status/${given.id}`
  const message = asset ? '1.23' : 'online'
  return `mosquitto_pub -h ${host} -p ${mqttPortUsual} -i ${given.id} -u ${given.id} -P '${given.secret}' -q 1 -t '${topic}' -m '${message}'`
}

/** The secret, this once; only its hash is kept. */
export function Secret({ given }: { given: SecretGiven }): JSX.Element {
  return (
    <>
      <div class="notice amber">
        <Icon name="key" />
        <strong>Copy the secret now</strong>
        <p class="soft">Only its hash is kept: it cannot be shown again.</p>
      </div>
      <Copyable label="Secret" text={given.secret} />
      <Copyable label="Try it: sends one reading" text={publishLine(given, location.hostname)} />
    </>
  )
}

function Copyable({ label, text }: { label: string; text: string }): JSX.Element {
  const [copied, setCopied] = useState(false)
  const copy = () => {
    // Without a secure context there is no clipboard; the text can be selected by hand.
    navigator.clipboard?.writeText(text).then(
      () => setCopied(true),
      () => setCopied(false),
    )
  }
  return (
    <div class="stack copyable">
      <div class="row apart">
        <span class="small soft">{label}</span>
        <button type="button" class="button small" onClick={copy}>
          <Icon name={copied ? 'check' : 'copy'} size={14} />
          <span aria-live="polite">{copied ? 'Copied' : 'Copy'}</span>
          <span class="visually-hidden"> {label}</span>
        </button>
      </div>
      <pre class="code-block">{text}</pre>
    </div>
  )
}
