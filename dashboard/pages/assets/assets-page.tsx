import type { ComponentChildren, JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import { assets, reloadAssets } from '../data/town.ts'
import type { AssetSummary } from '../data/types.ts'
import { Pips } from '../design/figure.tsx'
import { Icon } from '../design/icon.tsx'
import { useMore } from '../design/more.tsx'
import { Badge } from '../design/shape.tsx'
import { Empty, Show, SkeletonRows } from '../design/states.tsx'
import { query, setQuery } from '../routing/router.ts'
import { assetLooks } from '../words/states.ts'
import { capital, plural } from '../words/units.ts'
import './assets.css'
import { type AssetFilter, type AssetSort, arrange, assetFilter } from './filter.ts'
import { FilterBar } from './filter-bar.tsx'

/** Everything the city owns, as a table that sorts and filters. */
export function AssetsPage(): JSX.Element {
  const filter = assetFilter(query.value)
  useEffect(() => {
    document.title = 'Assets · Lengthsman'
  }, [])
  return (
    <main class="page" id="content">
      <div class="page-head">
        <h1 tabIndex={-1}>Assets</h1>
      </div>
      <FilterBar filter={filter} />
      <Show of={assets.value} retry={reloadAssets} waiting={<SkeletonRows rows={12} />}>
        {(all) => {
          const shown = arrange(all, filter)
          return (
            <>
              <p class="small quiet assets-count" role="status">
                {shown.length === all.length
                  ? capital(plural(all.length, 'asset'))
                  : `${shown.length} of ${all.length} assets`}
              </p>
              {shown.length === 0 ? (
                <Empty
                  icon={all.length === 0 ? 'assets' : 'search'}
                  title={all.length === 0 ? 'No assets yet' : 'Nothing fits these filters'}
                >
                  {all.length === 0
                    ? 'Import the city’s own with “lengthsman import city.yaml”, or start the demonstration town.'
                    : 'Take one of the filters away.'}
                </Empty>
              ) : (
                <AssetsTable assets={shown} filter={filter} />
              )}
            </>
          )
        }}
      </Show>
    </main>
  )
}

function Heading(props: { sort: AssetSort; filter: AssetFilter; children: ComponentChildren }): JSX.Element {
  const active = props.filter.sort === props.sort
  const turn = () => {
    const descending = active && !props.filter.descending
    setQuery({ sort: `${descending ? '-' : ''}${props.sort}` }, { replace: true })
  }
  return (
    <th scope="col" {...(active ? { 'aria-sort': props.filter.descending ? 'descending' : 'ascending' } : {})}>
      <button type="button" onClick={turn}>
        {props.children}
        {active ? <Icon name={props.filter.descending ? 'up' : 'down'} size={12} /> : null}
      </button>
    </th>
  )
}

// Four screens of them; who needs the rest has a filter or a button.
const rowsFirst = 100

function AssetsTable({ assets, filter }: { assets: readonly AssetSummary[]; filter: AssetFilter }): JSX.Element {
  const { shown, more } = useMore(assets, rowsFirst)
  return (
    <div class="card assets-card">
      <table class="table assets-table">
        <thead>
          <tr>
            <Heading sort="state" filter={filter}>
              State
            </Heading>
            <Heading sort="name" filter={filter}>
              Asset
            </Heading>
            <Heading sort="class" filter={filter}>
              Class
            </Heading>
            <Heading sort="district" filter={filter}>
              District
            </Heading>
            <Heading sort="criticality" filter={filter}>
              Criticality
            </Heading>
            <Heading sort="tickets" filter={filter}>
              Open tickets
            </Heading>
          </tr>
        </thead>
        <tbody>
          {shown.map((asset) => (
            <tr key={asset.id}>
              <td class="cell-state">
                <Badge look={assetLooks[asset.state]} bare={asset.state === 'normal'} />
              </td>
              <td class="cell-name">
                <a href={`/assets/${asset.id}`}>{asset.name}</a>
                <span class="quiet mono micro">{asset.id}</span>
              </td>
              <td class="cell-class soft">{asset.classTitle}</td>
              <td class="cell-district soft">{asset.district ?? '–'}</td>
              <td class="cell-criticality">
                <Pips value={asset.criticality} />
              </td>
              <td class="cell-tickets">
                {asset.openTickets === 0 ? <span class="quiet">–</span> : plural(asset.openTickets, 'ticket')}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {more}
    </div>
  )
}
