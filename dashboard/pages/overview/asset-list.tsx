import type { Signal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import type { AssetSort } from '../assets/filter.ts'
import type { AssetSummary } from '../data/types.ts'
import { Select } from '../design/field.tsx'
import { useMore } from '../design/more.tsx'
import { Shape } from '../design/shape.tsx'
import { Empty } from '../design/states.tsx'
import { setQuery } from '../routing/router.ts'
import { assetLooks } from '../words/states.ts'
import { capital, plural } from '../words/units.ts'

const sortOptions: readonly { value: AssetSort; text: string }[] = [
  { value: 'state', text: 'Worst first' },
  { value: 'name', text: 'By name' },
  { value: 'class', text: 'By class' },
  { value: 'district', text: 'By district' },
  { value: 'criticality', text: 'Most critical first' },
]

// More rows than anybody scrolls through; the filters are the quicker way.
const rowsFirst = 100

/**
 * The map's twin. Focus or a click on a row selects it on the map as well; its name leads to the asset. On a phone there is
 * no map beside it, and the whole row leads there.
 */
export function AssetList(props: {
  assets: readonly AssetSummary[]
  total: number
  sort: AssetSort
  selected: Signal<string | undefined>
  onSelect: (id: string | undefined) => void
}): JSX.Element {
  const list = useRef<HTMLUListElement>(null)
  const selected = props.selected.value
  const at = selected === undefined ? -1 : props.assets.findIndex((asset) => asset.id === selected)
  const { shown, more } = useMore(props.assets, rowsFirst, at)

  // A marker chosen on the map brings its row into sight; a row chosen here already is.
  useEffect(() => {
    if (selected === undefined) return
    const row = list.current?.querySelector(`[data-asset="${CSS.escape(selected)}"]`)
    if (row && !row.contains(document.activeElement)) row.scrollIntoView({ block: 'nearest' })
  }, [selected])

  return (
    <>
      <header class="panel-head">
        <h2>
          {props.assets.length === props.total
            ? capital(plural(props.total, 'asset'))
            : `${props.assets.length} of ${plural(props.total, 'asset')}`}
        </h2>
        <Select
          label="Order"
          value={props.sort}
          options={sortOptions}
          onChange={(sort) => setQuery({ sort: sort === 'state' ? undefined : sort }, { replace: true })}
        />
      </header>
      {props.assets.length === 0 ? (
        props.total === 0 ? (
          <Empty icon="assets" title="No assets yet">
            Import the city's own with <code>lengthsman import city.yaml</code>, or start the demonstration town.
          </Empty>
        ) : (
          <Empty
            icon="search"
            title="Nothing fits these filters"
            action={
              <button
                type="button"
                class="button small"
                onClick={() => setQuery({ state: undefined, class: undefined, q: undefined })}
              >
                Clear the filters
              </button>
            }
          />
        )
      ) : (
        <ul class="asset-rows" ref={list}>
          {shown.map((asset) => (
            <AssetRow
              key={asset.id}
              asset={asset}
              selected={asset.id === selected}
              onSelect={() => props.onSelect(asset.id)}
            />
          ))}
          {more ? <li>{more}</li> : null}
        </ul>
      )}
    </>
  )
}

function AssetRow(props: { asset: AssetSummary; selected: boolean; onSelect: () => void }): JSX.Element {
  const { asset } = props
  const look = assetLooks[asset.state]
  const onClick = (event: MouseEvent) => {
    if (!(event.target instanceof Element && event.target.closest('a'))) props.onSelect()
  }
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the link inside takes the focus and selects by it
    <li
      class={`asset-row ${asset.state} ${props.selected ? 'selected' : ''}`}
      data-asset={asset.id}
      onClick={onClick}
      onFocusCapture={props.onSelect}
    >
      <Shape look={look} />
      <a href={`/assets/${asset.id}`} class="asset-row-name">
        <span class="truncate">{asset.name}</span>
      </a>
      <span class="asset-row-state">
        <span class={asset.state === 'normal' ? 'visually-hidden' : `state-word ${look.tone}`}>{look.word}</span>
      </span>
      <span class="asset-row-detail truncate">
        {asset.classTitle}
        {asset.district ? ` · ${asset.district}` : ''}
      </span>
      <span class="asset-row-tickets">{asset.openTickets > 0 ? plural(asset.openTickets, 'ticket') : ''}</span>
    </li>
  )
}
