import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import { get, getAll } from '../data/client.ts'
import { now } from '../data/clock.ts'
import { learnLatest } from '../data/latest.ts'
import { useResource } from '../data/resource.ts'
import { onStream, watchAssets } from '../data/stream.ts'
import type { AssetView, TicketSummary } from '../data/types.ts'
import { Icon } from '../design/icon.tsx'
import { Crumbs, Show, Skeleton, SkeletonRows } from '../design/states.tsx'
import { query, setQuery } from '../routing/router.ts'
import { sentence } from '../words/units.ts'
import { AlarmsPanel } from './alarms-panel.tsx'
import './asset.css'
import { AssetHead } from './asset-head.tsx'
import { AboutPanel, TicketsOfAsset } from './panels.tsx'
import { type RangeText, rangeDefault, rangeText, zoomedIn, zoomedOut } from './range.ts'
import { RangeBar } from './range-bar.tsx'
import { SensorCharts } from './sensor-charts.tsx'
import { ServiceState } from './service-state.tsx'
import { ValueTiles } from './value-tiles.tsx'

/** One asset: what it says now, what it said, what is wrong with it and what is being done. */
export function AssetPage({ parameters }: { parameters: Readonly<Record<string, string>> }): JSX.Element {
  const id = parameters['id'] ?? ''
  const loaded = useResource<AssetView>(`asset ${id}`, async (signal) => {
    const asset = await get<AssetView>(`/api/v1/assets/${encodeURIComponent(id)}`, signal)
    for (const sensor of asset.sensors) learnLatest(sensor.id, sensor.latest)
    return asset
  })
  const tickets = useResource<readonly TicketSummary[]>(`tickets of ${id}`, (signal) =>
    getAll<TicketSummary>(`/api/v1/tickets?asset=${encodeURIComponent(id)}&limit=200`, signal),
  )

  useEffect(() => {
    const stops = [
      onStream('alarm', (alarm) => {
        const asset = loaded.state.peek().data
        if (!asset || alarm.asset !== id) return
        loaded.put({ ...asset, alarms: [...asset.alarms.filter((other) => other.id !== alarm.id), alarm] })
      }),
      onStream('asset', (change) => {
        const asset = loaded.state.peek().data
        if (asset && change.id === id) loaded.put({ ...asset, ...change })
      }),
      onStream('window', loaded.reload),
      onStream('ticket', (ticket) => {
        const known = tickets.state.peek().data
        if (!known || ticket.asset !== id) return
        tickets.put([...known.filter((other) => other.number !== ticket.number), ticket])
      }),
    ]
    return () => {
      for (const stop of stops) stop()
    }
  }, [id])

  const asset = loaded.state.value.data
  const known = asset !== undefined
  // Only once it is known to exist: the stream refuses to follow what nobody has heard of.
  useEffect(() => (known ? watchAssets([id]) : undefined), [id, known])
  useEffect(() => {
    document.title = `${asset?.name ?? id} · Lengthsman`
  }, [asset?.name, id])

  return (
    <main class="page" id="content">
      <Crumbs
        trail={[
          { href: '/assets', text: 'Assets' },
          ...(asset ? [{ href: `/assets?class=${asset.class}`, text: asset.classDetail.plural }] : []),
        ]}
      />
      {asset ? null : (
        <h1 class="visually-hidden" tabIndex={-1}>
          {id}
        </h1>
      )}
      <Show of={loaded.state.value} retry={loaded.reload} waiting={<Waiting />}>
        {(found) => (
          <AssetBody
            asset={found}
            onService={loaded.reload}
            tickets={tickets.state.value.data ?? found.tickets}
            onAlarm={(alarm) =>
              loaded.put({ ...found, alarms: found.alarms.map((each) => (each.id === alarm.id ? alarm : each)) })
            }
          />
        )}
      </Show>
    </main>
  )
}

function Waiting(): JSX.Element {
  return (
    <div class="stack loose" aria-busy="true">
      <Skeleton width="280px" height="32px" />
      <Skeleton height="96px" />
      <SkeletonRows rows={3} height="200px" />
    </div>
  )
}

/** Why values are missing although their device sends: nobody would look for it on the page of devices. */
function WrongClock({ device, reason }: AssetView['wrongClocks'][number]): JSX.Element {
  return (
    <div class="notice amber service-notice" role="status">
      <Icon name="clock" />
      <strong>
        The clock of <span class="mono">{device}</span> is wrong
      </strong>
      <p class="soft">{sentence(reason)}</p>
    </div>
  )
}

function AssetBody(props: {
  asset: AssetView
  tickets: readonly TicketSummary[]
  onAlarm: (alarm: AssetView['alarms'][number]) => void
  onService: () => void
}): JSX.Element {
  const { asset } = props
  const cursor = useSignal<number | undefined>(undefined)
  const text = rangeText(query.value, now.peek())
  const asTable = query.value.get('show') === 'tables'
  const goTo = (next: RangeText) =>
    setQuery(next.from === rangeDefault.from && next.to === rangeDefault.to ? { from: undefined, to: undefined } : next)
  return (
    <>
      <AssetHead asset={asset} onService={props.onService} />
      {asset.service ? <ServiceState asset={asset} onChanged={props.onService} /> : null}
      {asset.wrongClocks.map((clock) => (
        <WrongClock key={clock.device} {...clock} />
      ))}
      <ValueTiles sensors={asset.sensors} />
      <div class="asset-columns">
        <section class="asset-charts" aria-labelledby="charts-heading">
          <h2 class="visually-hidden" id="charts-heading">
            Readings over time
          </h2>
          <RangeBar
            text={text}
            onChange={goTo}
            asTable={asTable}
            onTable={(tables) => setQuery({ show: tables ? 'tables' : undefined }, { replace: true })}
          />
          <SensorCharts
            asset={asset}
            tickets={props.tickets}
            text={text}
            cursor={cursor}
            asTable={asTable}
            onZoom={(range) => goTo(zoomedIn(range))}
            onZoomOut={() => goTo(zoomedOut(text, now.peek()))}
          />
        </section>
        <aside class="asset-side" aria-label="Alarms, tickets and particulars">
          <AlarmsPanel alarms={asset.alarms} onChanged={props.onAlarm} />
          <TicketsOfAsset tickets={props.tickets} />
          <AboutPanel asset={asset} />
        </aside>
      </div>
    </>
  )
}
