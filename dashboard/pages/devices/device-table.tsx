import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { post } from '../data/client.ts'
import type { DeviceCreated, DeviceView } from '../data/types.ts'
import { Dialog } from '../design/dialog.tsx'
import { SearchBox } from '../design/field.tsx'
import { useMore } from '../design/more.tsx'
import { Empty } from '../design/states.tsx'
import { toastDone, toastFailed } from '../design/toast.tsx'
import { Moment } from '../design/when.tsx'
import { score } from '../shell/finding.ts'
import { plural } from '../words/units.ts'
import { DeviceState } from './device-state.tsx'
import { Secret } from './secret.tsx'
import { SnippetsDialog } from './snippets.tsx'

const assetsShownMax = 3
const rowsFirst = 100

export function DeviceTable(props: { devices: readonly DeviceView[]; onChanged: () => void }): JSX.Element {
  const [text, setText] = useState('')
  const [given, setGiven] = useState<DeviceCreated>()
  const [connecting, setConnecting] = useState<string>()
  const [asking, setAsking] = useState<{ device: DeviceView; action: 'rotate' | 'revoke' }>()
  const wanted = text.trim().toLowerCase()
  const found = props.devices.filter(
    (device) => wanted === '' || score(wanted, [device.id, device.title, ...device.assets]) > 0,
  )
  const { shown, more } = useMore(found, rowsFirst)

  const act = async () => {
    if (!asking) return
    const { device, action } = asking
    setAsking(undefined)
    try {
      if (action === 'rotate') setGiven(await post<DeviceCreated>(`/api/v1/devices/${device.id}/rotate`))
      else {
        await post(`/api/v1/devices/${device.id}/revoke`)
        toastDone(`${device.id} revoked`, 'It was disconnected and can no longer log in.')
      }
      props.onChanged()
    } catch (error) {
      toastFailed(error)
    }
  }

  if (props.devices.length === 0)
    return (
      <Empty icon="devices" title="No devices yet">
        A device is an MQTT client with its own secret, reporting for one or more assets. Add the first one above.
      </Empty>
    )
  return (
    <>
      <div class="row wrap apart devices-tools">
        <SearchBox label="Filter devices" value={text} onInput={setText} />
        <p class="small quiet" role="status">
          {props.devices.filter((device) => device.connected).length} of {plural(props.devices.length, 'device')}{' '}
          connected
        </p>
      </div>
      <div class="card devices-card">
        <table class="table devices-table">
          <thead>
            <tr>
              <th scope="col">Device</th>
              <th scope="col">State</th>
              <th scope="col">Reports for</th>
              <th scope="col">Added</th>
              <th scope="col">
                <span class="visually-hidden">Actions</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.map((device) => (
              <tr key={device.id}>
                <td>
                  <span class="mono">{device.id}</span>
                  {device.title ? <span class="device-title quiet">{device.title}</span> : null}
                </td>
                <td>
                  <DeviceState device={device} />
                </td>
                <td class="soft">
                  <Reports device={device} />
                </td>
                <td class="quiet">
                  <Moment at={device.createdAt} />
                </td>
                <td class="device-actions">
                  {device.revokedAt ? null : (
                    <>
                      <button type="button" class="button small plain" onClick={() => setConnecting(device.id)}>
                        Connect
                        <span class="visually-hidden"> {device.id}</span>
                      </button>
                      <button
                        type="button"
                        class="button small plain"
                        onClick={() => setAsking({ device, action: 'rotate' })}
                      >
                        New secret
                      </button>
                      <button
                        type="button"
                        class="button small plain"
                        onClick={() => setAsking({ device, action: 'revoke' })}
                      >
                        Revoke
                      </button>
                    </>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        {more}
      </div>
      {asking ? <Sure {...asking} onClose={() => setAsking(undefined)} onSure={() => void act()} /> : null}
      {connecting ? <SnippetsDialog device={connecting} onClose={() => setConnecting(undefined)} /> : null}
      {given ? (
        <Dialog title={`New secret for ${given.id}`} onClose={() => setGiven(undefined)}>
          <Secret given={given} />
        </Dialog>
      ) : null}
    </>
  )
}

function Reports({ device }: { device: DeviceView }): JSX.Element {
  const ids = device.assets
  const shown = ids.slice(0, assetsShownMax)
  return (
    <>
      {shown.map((id, index) => (
        <span key={id}>
          {index > 0 ? ', ' : ''}
          <a href={`/assets/${id}`}>{id}</a>
        </span>
      ))}
      {ids.length > shown.length ? ` and ${ids.length - shown.length} more` : ''}
      {device.publishes.length > 0 ? (
        <span class="mono micro device-topics">{device.publishes.join(', ')}</span>
      ) : ids.length === 0 ? (
        <span class="quiet">nothing</span>
      ) : null}
    </>
  )
}

function Sure(props: {
  device: DeviceView
  action: 'rotate' | 'revoke'
  onClose: () => void
  onSure: () => void
}): JSX.Element {
  const rotate = props.action === 'rotate'
  return (
    <Dialog
      title={rotate ? `Give ${props.device.id} a new secret?` : `Revoke ${props.device.id}?`}
      onClose={props.onClose}
      onSubmit={props.onSure}
      footer={
        <>
          <button type="button" class="button" onClick={props.onClose}>
            Keep as it is
          </button>
          <button type="submit" class="button primary">
            {rotate ? 'Make a new secret' : 'Revoke'}
          </button>
        </>
      }
    >
      <p>
        {rotate
          ? 'The old secret stops working at once. The device reports again when it has the new one.'
          : 'It is disconnected and can never log in again. Its readings stay.'}
      </p>
    </Dialog>
  )
}
