import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { getAll, post, remove } from '../data/client.ts'
import { useResource } from '../data/resource.ts'
import type { DiscoveredDeviceView, DiscoveredView, SourceView } from '../data/types.ts'
import { useMore } from '../design/more.tsx'
import { Empty, Show, SkeletonRows } from '../design/states.tsx'
import { toastDone, toastFailed } from '../design/toast.tsx'
import { AddDevice } from '../devices/add-device.tsx'
import { plural } from '../words/units.ts'
import { AdoptDialog } from './adopt-dialog.tsx'
import './discovered.css'
import { groupsOf, type Mapping } from './discovered.ts'
import { DiscoveredGroup } from './discovered-group.tsx'
import { MappedNames } from './mapped-names.tsx'
import { UnknownDevices } from './unknown-devices.tsx'

const groupsFirst = 50

/** What is out there and not in the registry: adopted in a tap where it is clear what it is. */
export function DiscoveredPanel(props: {
  found: readonly DiscoveredView[]
  devices: readonly DiscoveredDeviceView[]
  onChanged: () => void
}): JSX.Element {
  const [asking, setAsking] = useState<DiscoveredView>()
  // Held here: the device leaves the list at once, and the dialog still has its secret to show.
  const [admitting, setAdmitting] = useState<string>()
  const mapped = useResource<readonly SourceView[]>('sources', (signal) =>
    getAll<SourceView>('/api/v1/sources?limit=1000', signal),
  )
  const { shown, more } = useMore(groupsOf(props.found), groupsFirst)
  const changed = () => {
    props.onChanged()
    mapped.reload()
  }

  const adopt = async (items: readonly Mapping[]) => {
    try {
      await post('/api/v1/discovered/adopt', { items })
      const [first] = items
      toastDone(
        items.length === 1 && first ? `Adopted as ${first.sensor}` : `${plural(items.length, 'name')} adopted`,
        'What comes from now on is kept. It can be taken back below.',
      )
    } catch (error) {
      toastFailed(error)
    }
    changed()
  }
  const forget = async (name: string) => {
    try {
      await remove(`/api/v1/discovered?name=${encodeURIComponent(name)}`)
    } catch (error) {
      toastFailed(error)
    }
    changed()
  }
  const takeBack = async ({ name, sensor }: SourceView) => {
    try {
      await remove(`/api/v1/sources?name=${encodeURIComponent(name)}`)
      toastDone('Mapping taken back', `What comes under this name is no longer kept as ${sensor}.`)
    } catch (error) {
      toastFailed(error)
    }
    changed()
  }

  return (
    <div class="discovered">
      {props.devices.length > 0 ? (
        <UnknownDevices devices={props.devices} onAdopt={setAdmitting} onChanged={props.onChanged} />
      ) : null}
      {shown.length === 0 && props.devices.length === 0 ? (
        <Empty icon="devices" title="Nothing unknown has been heard">
          Readings under a name that nobody knows, and devices that try to log in without a credential, appear here and
          are adopted in one step. Point a gateway or a network server at this broker to see what it sends.
        </Empty>
      ) : null}
      {shown.map((group) => (
        <DiscoveredGroup
          key={group.from}
          group={group}
          onAdopt={(items) => void adopt(items)}
          onAsk={setAsking}
          onForget={(name) => void forget(name)}
        />
      ))}
      {more}
      <Show of={mapped.state.value} retry={mapped.reload} waiting={<SkeletonRows rows={2} />}>
        {(sources) => <MappedNames sources={sources} onTakeBack={(source) => void takeBack(source)} />}
      </Show>
      {admitting === undefined ? null : (
        <AddDevice seenAs={admitting} onClose={() => setAdmitting(undefined)} onAdded={props.onChanged} />
      )}
      {asking ? (
        <AdoptDialog
          found={asking}
          onClose={() => setAsking(undefined)}
          onAdopted={() => {
            setAsking(undefined)
            changed()
          }}
        />
      ) : null}
    </div>
  )
}
