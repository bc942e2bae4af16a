import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import { arrange, assetFilter } from '../assets/filter.ts'
import { FilterBar } from '../assets/filter-bar.tsx'
import { session } from '../data/session.ts'
import { assets, openTickets, reloadAssets, reloadTickets } from '../data/town.ts'
import { Segmented } from '../design/field.tsx'
import { Icon } from '../design/icon.tsx'
import { Show, SkeletonRows } from '../design/states.tsx'
import { TownMap } from '../map/town-map.tsx'
import { query, setQuery } from '../routing/router.ts'
import { AssetList } from './asset-list.tsx'
import './overview.css'
import { RatesStrip } from './rates-strip.tsx'
import { TicketsPanel } from './tickets-panel.tsx'

/** The town at a glance: what needs somebody, where it is, and whether the readings flow. */
export function OverviewPage(): JSX.Element {
  const selected = useSignal<string | undefined>(query.peek().get('asset') ?? undefined)
  const filter = assetFilter(query.value)
  const showMap = query.value.get('view') === 'map'
  const town = session.value?.city.name ?? 'the town'

  useEffect(() => {
    document.title = `${town} · Lengthsman`
  }, [town])

  const select = (id: string | undefined) => {
    selected.value = id
    setQuery({ asset: id }, { replace: true })
  }

  return (
    <main class="overview" id="content">
      <h1 class="visually-hidden" tabIndex={-1}>
        {town}: overview
      </h1>
      <RatesStrip />
      <section class="overview-tickets" aria-labelledby="tickets-heading">
        <Show of={openTickets.value} retry={reloadTickets} waiting={<SkeletonRows rows={6} height="56px" />}>
          {(tickets) => <TicketsPanel tickets={tickets} />}
        </Show>
      </section>
      <section class="overview-town" aria-label="Assets" data-view={showMap ? 'map' : 'list'}>
        <FilterBar filter={filter}>
          <div class="view-toggle">
            <Segmented
              label="Show as"
              value={showMap ? 'map' : 'list'}
              options={[
                {
                  value: 'list',
                  text: (
                    <>
                      <Icon name="list" /> List
                    </>
                  ),
                },
                {
                  value: 'map',
                  text: (
                    <>
                      <Icon name="overview" /> Map
                    </>
                  ),
                },
              ]}
              onChange={(view) => setQuery({ view: view === 'map' ? 'map' : undefined }, { replace: true })}
            />
          </div>
        </FilterBar>
        <div class="town-map-place">
          <TownMap assets={arrange(assets.value.data ?? [], filter)} selected={selected} onSelect={select} />
        </div>
        <div class="town-list-place">
          <Show of={assets.value} retry={reloadAssets} waiting={<SkeletonRows rows={10} />}>
            {(all) => (
              <AssetList
                assets={arrange(all, filter)}
                total={all.length}
                sort={filter.sort}
                selected={selected}
                onSelect={select}
              />
            )}
          </Show>
        </div>
      </section>
    </main>
  )
}
