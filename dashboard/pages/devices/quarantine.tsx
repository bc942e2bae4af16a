import type { JSX } from 'preact'
import { remove } from '../data/client.ts'
import type { QuarantineView } from '../data/types.ts'
import { Icon } from '../design/icon.tsx'
import { Empty } from '../design/states.tsx'
import { toastFailed } from '../design/toast.tsx'
import { Age } from '../design/when.tsx'
import { capital, plural, sentence } from '../words/units.ts'

/** What was refused, why, and what was probably meant. Nothing bad is dropped in silence. */
export function Quarantine(props: { refused: readonly QuarantineView[]; onChanged: () => void }): JSX.Element {
  if (props.refused.length === 0)
    return (
      <Empty icon="check" title="Nothing was refused">
        A message that cannot be understood, or that names a sensor nobody knows, is kept here with the reason and with
        what was probably meant.
      </Empty>
    )
  return (
    <ul class="stack quarantine">
      {props.refused.map((item) => (
        <Refused key={item.id} item={item} onChanged={props.onChanged} />
      ))}
    </ul>
  )
}

/** `not-json`: `Not JSON`. */
function reasonWords(reason: string): string {
  return capital(reason.replaceAll('-', ' ').replace('json', 'JSON'))
}

function Refused({ item, onChanged }: { item: QuarantineView; onChanged: () => void }): JSX.Element {
  const clear = async () => {
    try {
      await remove(`/api/v1/quarantine/${item.id}`)
      onChanged()
    } catch (error) {
      toastFailed(error)
    }
  }
  return (
    <li class="card refused">
      <div class="row apart">
        <strong>{reasonWords(item.reason)}</strong>
        <button
          type="button"
          class="button small plain icon"
          aria-label="Clear"
          title="Clear"
          onClick={() => void clear()}
        >
          <Icon name="trash" size={15} />
        </button>
      </div>
      <p class="soft">{sentence(item.detail)}</p>
      {item.suggestion ? (
        <p class="suggestion">
          <Icon name="info" size={14} /> Did you mean <span class="mono">{item.suggestion}</span>?
        </p>
      ) : null}
      <details>
        <summary>
          <Icon name="chevron-right" size={14} class="chevron" /> Payload
        </summary>
        <pre class="code-block">{item.payload}</pre>
      </details>
      <p class="small quiet">
        From <span class="mono">{item.device}</span> on <span class="mono">{item.topic}</span> ·{' '}
        {item.count === 1 ? 'once' : plural(item.count, 'time')}, last <Age at={item.lastAt} />
      </p>
    </li>
  )
}
