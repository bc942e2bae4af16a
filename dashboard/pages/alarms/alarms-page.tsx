import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { getAll } from '../data/client.ts'
import { useResource } from '../data/resource.ts'
import { may } from '../data/session.ts'
import { onStream } from '../data/stream.ts'
import type { IncidentSummary, ServiceWindowView } from '../data/types.ts'
import { Icon } from '../design/icon.tsx'
import { Show, SkeletonRows } from '../design/states.tsx'
import { IncidentList } from '../incidents/incident-list.tsx'
import { PlanDialog } from '../maintenance/plan-dialog.tsx'
import { WindowList } from '../maintenance/window-list.tsx'
import { query, setQuery } from '../routing/router.ts'
import { AlarmList } from './alarm-list.tsx'
import './alarms.css'
import { alarmFilter, isShown } from './stirring.ts'
import { useAlarms } from './use-alarms.ts'

const tabs = ['alarms', 'incidents', 'maintenance'] as const
type Tab = (typeof tabs)[number]
const words: Readonly<Record<Tab, string>> = { alarms: 'Alarms', incidents: 'Incidents', maintenance: 'Maintenance' }

/** What holds, what hangs together, and what is quiet on purpose. */
export function AlarmsPage(): JSX.Element {
  const tab: Tab = tabs.find((each) => each === query.value.get('tab')) ?? 'alarms'
  const [planning, setPlanning] = useState(false)
  const alarms = useAlarms()
  const past = query.value.get('past') === 'yes'
  const incidents = useResource<readonly IncidentSummary[]>(`incidents ${past}`, (signal) =>
    getAll<IncidentSummary>(`/api/v1/incidents?limit=200&state=${past ? 'all' : 'open'}`, signal),
  )
  const windows = useResource<readonly ServiceWindowView[]>('windows', (signal) =>
    getAll<ServiceWindowView>('/api/v1/maintenance?limit=1000', signal),
  )
  useEffect(() => {
    document.title = 'Alarms · Lengthsman'
    const stops = [onStream('incident', incidents.reload), onStream('window', windows.reload)]
    return () => {
      for (const stop of stops) stop()
    }
  }, [])
  const counts: Readonly<Record<Tab, number | undefined>> = {
    alarms: alarms.state.value.data?.filter((alarm) => isShown(alarm, 'calling')).length,
    incidents: incidents.state.value.data?.filter(({ state }) => state === 'open').length,
    maintenance: windows.state.value.data?.length,
  }

  return (
    <main class="page" id="content">
      <div class="page-head">
        <h1 tabIndex={-1}>Alarms</h1>
        {may('operate') ? (
          <button type="button" class="button" onClick={() => setPlanning(true)}>
            <Icon name="plus" /> Plan maintenance
          </button>
        ) : null}
      </div>
      <Tabs tab={tab} counts={counts} />
      <div role="tabpanel" id={`panel-${tab}`} aria-labelledby={`tab-${tab}`} class="tab-panel">
        {tab === 'alarms' ? (
          <Show of={alarms.state.value} retry={alarms.reload} waiting={<SkeletonRows rows={6} height="64px" />}>
            {(list) => (
              <AlarmList
                alarms={list}
                filter={alarmFilter(query.value)}
                onChanged={alarms.change}
                onWindow={() => {
                  alarms.reload()
                  windows.reload()
                }}
              />
            )}
          </Show>
        ) : tab === 'incidents' ? (
          <Show of={incidents.state.value} retry={incidents.reload} waiting={<SkeletonRows rows={4} height="96px" />}>
            {(list) => <IncidentList incidents={list} past={past} />}
          </Show>
        ) : (
          <Show of={windows.state.value} retry={windows.reload} waiting={<SkeletonRows rows={4} height="72px" />}>
            {(list) => <WindowList windows={list} onChanged={windows.reload} onPlan={() => setPlanning(true)} />}
          </Show>
        )}
      </div>
      {planning ? (
        <PlanDialog
          onClose={() => setPlanning(false)}
          onDone={() => {
            windows.reload()
            setQuery({ tab: 'maintenance' })
          }}
        />
      ) : null}
    </main>
  )
}

function Tabs(props: { tab: Tab; counts: Readonly<Record<Tab, number | undefined>> }): JSX.Element {
  const go = (tab: Tab) => setQuery({ tab: tab === 'alarms' ? undefined : tab })
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
    const next = tabs[(tabs.indexOf(props.tab) + step + tabs.length) % tabs.length]
    if (step === 0 || next === undefined) return
    go(next)
    document.getElementById(`tab-${next}`)?.focus()
  }
  return (
    <div class="tabs" role="tablist" aria-label="Alarms" onKeyDown={onKeyDown}>
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
