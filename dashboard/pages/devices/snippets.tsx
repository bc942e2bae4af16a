import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { get } from '../data/client.ts'
import { useResource } from '../data/resource.ts'
import type { SnippetList, SnippetView } from '../data/types.ts'
import { Dialog } from '../design/dialog.tsx'
import { Show, Skeleton } from '../design/states.tsx'
import { Copyable } from './copyable.tsx'

/** How the device connects, one tool at a time. */
export function Snippets({ items }: { items: readonly SnippetView[] }): JSX.Element {
  const [kind, setKind] = useState<SnippetView['for']>('mosquitto')
  const index = Math.max(
    0,
    items.findIndex((item) => item.for === kind),
  )
  const shown = items[index]
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
    const next = items[(index + step + items.length) % items.length]
    if (step === 0 || next === undefined) return
    setKind(next.for)
    document.getElementById(`snippet-${next.for}`)?.focus()
  }
  return (
    <div class="snippets">
      <div class="tabs" role="tablist" aria-label="Connect by" onKeyDown={onKeyDown}>
        {items.map((item) => (
          <button
            key={item.for}
            type="button"
            role="tab"
            id={`snippet-${item.for}`}
            aria-selected={item === shown}
            {...(item === shown ? { 'aria-controls': 'snippet-text' } : {})}
            tabIndex={item === shown ? 0 : -1}
            onClick={() => setKind(item.for)}
          >
            {item.title}
          </button>
        ))}
      </div>
      {shown ? (
        <div role="tabpanel" id="snippet-text" aria-labelledby={`snippet-${shown.for}`}>
          <Copyable label={hints[shown.for]} text={shown.text.trimEnd()} />
        </div>
      ) : null}
    </div>
  )
}

const hints: Readonly<Record<SnippetView['for'], string>> = {
  mosquitto: 'Sends one reading from a terminal',
  arduino: 'A sketch for ESP32 and ESP8266',
  esphome: 'For the node’s YAML',
  python: 'Sends one reading and says whether it is kept',
}

/** For a device that has its secret already: a word stands in its place. */
export function SnippetsDialog(props: { device: string; onClose: () => void }): JSX.Element {
  const [tls, setTls] = useState(false)
  const list = useResource<SnippetList>(`snippets ${props.device} ${tls}`, (signal) =>
    get<SnippetList>(`/api/v1/devices/${props.device}/snippets?tls=${tls}`, signal),
  )
  return (
    <Dialog title={`Connect ${props.device}`} onClose={props.onClose}>
      <Show of={list.state.value} retry={list.reload} waiting={<Skeleton height="160px" />}>
        {({ items, tlsPort }) => (
          <>
            {tlsPort === null ? null : (
              <label class="choice">
                <input type="checkbox" checked={tls} onChange={(event) => setTls(event.currentTarget.checked)} />
                <span>Encrypted, by port {tlsPort}</span>
              </label>
            )}
            <Snippets items={items} />
            <p class="small quiet">
              The secret is kept nowhere: put the device’s own where THE-DEVICE-SECRET stands, or make a new one.
            </p>
          </>
        )}
      </Show>
    </Dialog>
  )
}
