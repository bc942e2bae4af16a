import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { getAll } from '../data/client.ts'
import { useResource } from '../data/resource.ts'
import { may } from '../data/session.ts'
import { streamState } from '../data/stream.ts'
import type { DeviceView, DiscoveredDeviceView, DiscoveredView, QuarantineView } from '../data/types.ts'
import { Icon } from '../design/icon.tsx'
import { Empty, Show, SkeletonRows } from '../design/states.tsx'
import { DiscoveredPanel } from '../discovered/discovered-panel.tsx'
import { query, setQuery } from '../routing/router.ts'
import { AddDevice } from './add-device.tsx'
import { DeviceTable } from './device-table.tsx'
import './devices.css'
import { Quarantine } from './quarantine.tsx'

const tabs = ['devices', 'discovered', 'quarantine'] as const
type Tab = (typeof tabs)[number]
const lookAgainMs = 15_000

/** Who may report, who does, and what was refused. */
export function DevicesPage(): JSX.Element {
  const tab: Tab = tabs.find((each) => each === query.value.get('tab')) ?? 'devices'
  const [adding, setAdding] = useState(false)
  const allowed = may('devices')
  const devices = useResource<readonly DeviceView[]>(allowed ? 'devices' : null, (signal) =>
    getAll<DeviceView>('/api/v1/devices?limit=1000', signal),
  )
  const refused = useResource<readonly QuarantineView[]>(allowed ? 'quarantine' : null, (signal) =>
    getAll<QuarantineView>('/api/v1/quarantine?limit=500', signal),
  )
  const found = useResource<readonly DiscoveredView[]>(allowed ? 'discovered' : null, (signal) =>
    getAll<DiscoveredView>('/api/v1/discovered?limit=1000', signal),
  )
  const strangers = useResource<readonly DiscoveredDeviceView[]>(allowed ? 'discovered devices' : null, (signal) =>
    getAll<DiscoveredDeviceView>('/api/v1/discovered/devices?limit=1000', signal),
  )
  const lookAgain = () => {
    found.reload()
    strangers.reload()
  }
  useEffect(() => {
    document.title = 'Devices · Lengthsman'
    // The stream does not tell of connections; looking again now and then is enough for a page that few look at.
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible' && streamState.peek() !== 'paused') {
        devices.reload()
        lookAgain()
      }
    }, lookAgainMs)
    return () => clearInterval(timer)
  }, [])

  if (!allowed)
    return (
      <main class="page" id="content">
        <h1 tabIndex={-1}>Devices</h1>
        <Empty icon="key" title="Devices are kept by engineers">
          Ask an administrator for the role of engineer if you need to see them.
        </Empty>
      </main>
    )

  return (
    <main class="page" id="content">
      <div class="page-head">
        <h1 tabIndex={-1}>Devices</h1>
        <button type="button" class="button" onClick={() => setAdding(true)}>
          <Icon name="plus" /> Add device
        </button>
      </div>
      <Tabs
        tab={tab}
        counts={{
          devices: devices.state.value.data?.length,
          discovered: sum(found.state.value.data?.length, strangers.state.value.data?.length),
          quarantine: refused.state.value.data?.length,
        }}
      />
      <div role="tabpanel" id={`panel-${tab}`} aria-labelledby={`tab-${tab}`} class="tab-panel">
        {tab === 'devices' ? (
          <Show of={devices.state.value} retry={devices.reload} waiting={<SkeletonRows rows={8} />}>
            {(list) => <DeviceTable devices={list} onChanged={devices.reload} />}
          </Show>
        ) : tab === 'discovered' ? (
          <Show of={found.state.value} retry={lookAgain} waiting={<SkeletonRows rows={6} />}>
            {(list) => (
              <DiscoveredPanel
                found={list}
                devices={strangers.state.value.data ?? []}
                onChanged={() => {
                  lookAgain()
                  devices.reload()
                }}
              />
            )}
          </Show>
        ) : (
          <Show of={refused.state.value} retry={refused.reload} waiting={<SkeletonRows rows={6} height="120px" />}>
            {(list) => <Quarantine refused={list} onChanged={refused.reload} />}
          </Show>
        )}
      </div>
      {adding ? <AddDevice onClose={() => setAdding(false)} onAdded={devices.reload} /> : null}
    </main>
  )
}

function sum(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined && other === undefined ? undefined : (one ?? 0) + (other ?? 0)
}

const words: Readonly<Record<Tab, string>> = {
  devices: 'Devices',
  discovered: 'Discovered',
  quarantine: 'Quarantine',
}

function Tabs(props: { tab: Tab; counts: Readonly<Record<Tab, number | undefined>> }): JSX.Element {
  const go = (tab: Tab) => setQuery({ tab: tab === 'devices' ? undefined : tab })
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
    const next = tabs[(tabs.indexOf(props.tab) + step + tabs.length) % tabs.length]
    if (step === 0 || next === undefined) return
    go(next)
    document.getElementById(`tab-${next}`)?.focus()
  }
  return (
    <div class="tabs" role="tablist" aria-label="Devices" onKeyDown={onKeyDown}>
      {tabs.map((tab) => (
        <button
          key={tab}
          type="button"
          role="tab"
          id={`tab-${tab}`}
          aria-selected={props.tab === tab}
          {...(props.tab === tab ? { 'aria-controls': `panel-${tab}` } : {})}
          tabIndex={props.tab === tab ? 0 : -1}
          onClick={() => go(tab)}
        >
          {words[tab]} <span class="quiet">{props.counts[tab] ?? ''}</span>
        </button>
      ))}
    </div>
  )
}
