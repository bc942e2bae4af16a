import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { OutOfServiceDialog } from '../alarms/out-of-service-dialog.tsx'
import { post, remove } from '../data/client.ts'
import { may } from '../data/session.ts'
import type { AssetView } from '../data/types.ts'
import { Icon } from '../design/icon.tsx'
import { toastDone, toastFailed } from '../design/toast.tsx'
import { Moment } from '../design/when.tsx'
import { windowLooks } from '../words/states.ts'

/** Whether alarms of the asset call a crew; where they do not, who said so and until when. */
export function ServiceState({ asset, onChanged }: { asset: AssetView; onChanged: () => void }): JSX.Element | null {
  const [asking, setAsking] = useState(false)
  const path = `/api/v1/assets/${encodeURIComponent(asset.id)}`
  const { service } = asset
  if (service === null)
    return may('operate') ? (
      <>
        <button type="button" class="button" onClick={() => setAsking(true)}>
          <Icon name="pause" /> Out of service…
        </button>
        {asking ? (
          <OutOfServiceDialog
            path={path}
            of="asset"
            name={asset.name}
            onClose={() => setAsking(false)}
            onDone={onChanged}
          />
        ) : null}
      </>
    ) : null

  // Maintenance may be about more than this asset: it is ended where it is planned.
  const isOwn = service.assets.length === 1 && service.assets[0]?.id === asset.id
  const end = async () => {
    try {
      if (service.kind === 'out of service') await post(`${path}/in-service`)
      else await remove(`/api/v1/maintenance/${encodeURIComponent(service.id)}`)
      toastDone(`${asset.name} is in service again`, 'What still holds is raised now.')
      onChanged()
    } catch (error) {
      toastFailed(error)
    }
  }
  return (
    <div class="notice accent service-notice" role="status">
      <Icon name="pause" />
      <strong>{windowLooks[service.kind].word}: its alarms call nobody</strong>
      <p class="soft">
        {service.ticket === null ? (
          service.reason
        ) : (
          <>
            Work on <a href={`/tickets/${service.ticket}`}>ticket {service.ticket}</a>
          </>
        )}
        . Until <Moment at={service.until} />, by {service.by}. It is watched all the same.
      </p>
      {may('operate') ? (
        <div>
          {isOwn ? (
            <button type="button" class="button small" onClick={() => void end()}>
              Put back into service
            </button>
          ) : (
            <a class="button small" href="/alarms?tab=maintenance">
              See the maintenance
            </a>
          )}
        </div>
      ) : null}
    </div>
  )
}
