import type { JSX } from 'preact'
import { remove } from '../data/client.ts'
import type { DiscoveredDeviceView } from '../data/types.ts'
import { Icon } from '../design/icon.tsx'
import { toastFailed } from '../design/toast.tsx'
import { Age } from '../design/when.tsx'
import { plural } from '../words/units.ts'

/** Who tried to log in and is no device; a credential makes it one. */
export function UnknownDevices(props: {
  devices: readonly DiscoveredDeviceView[]
  onAdopt: (device: string) => void
  onChanged: () => void
}): JSX.Element {
  const forget = async (device: string) => {
    try {
      await remove(`/api/v1/discovered/devices?name=${encodeURIComponent(device)}`)
    } catch (error) {
      toastFailed(error)
    }
    props.onChanged()
  }
  return (
    <section class="card" aria-label="Tried to log in">
      <header>
        <h2>
          Tried to log in <span class="quiet">{props.devices.length}</span>
        </h2>
      </header>
      <ul class="found-list">
        {props.devices.map(({ device, address, count, lastAt }) => (
          <li class="found" key={device}>
            <div class="found-name">
              <strong class="mono">{device}</strong>
              <span class="small quiet">
                {plural(count, 'time')}, last <Age at={lastAt} />
              </span>
            </div>
            <div class="found-value small soft">from {address}</div>
            <div class="found-actions">
              <button type="button" class="button small" onClick={() => props.onAdopt(device)}>
                <Icon name="key" size={14} /> Make a credential
                <span class="visually-hidden"> for {device}</span>
              </button>
              <button
                type="button"
                class="button small plain icon"
                aria-label={`Forget ${device}`}
                title="Forget until it tries again"
                onClick={() => void forget(device)}
              >
                <Icon name="trash" size={15} />
              </button>
            </div>
          </li>
        ))}
      </ul>
    </section>
  )
}
