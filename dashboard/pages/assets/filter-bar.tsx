import type { ComponentChildren, JSX } from 'preact'
import { assets, classes } from '../data/town.ts'
import type { AssetState } from '../data/types.ts'
import { SearchBox, Segmented, Select } from '../design/field.tsx'
import { Shape } from '../design/shape.tsx'
import { setQuery } from '../routing/router.ts'
import { assetLooks, assetStateOrder } from '../words/states.ts'
import { type AssetFilter, countByState } from './filter.ts'
import './filter-bar.css'

type Shown = AssetState | 'all'

/** One bar for map, list and table: it is also the legend, since each state shows its shape, its word and its count. */
export function FilterBar(props: { filter: AssetFilter; children?: ComponentChildren }): JSX.Element {
  const { filter } = props
  const all = assets.value.data ?? []
  const counts = countByState(all, filter)
  const total = counts.action + counts.warning + counts.silent + counts.normal
  const known = new Map(all.map((asset) => [asset.class, asset.classTitle]))
  for (const each of classes.value) if (known.has(each.id)) known.set(each.id, each.plural)
  const options: { value: Shown; text: ComponentChildren }[] = [
    { value: 'all', text: <Option word="All" count={total} /> },
    ...assetStateOrder.map((state) => ({
      value: state,
      text: (
        <>
          <Shape look={counts[state] === 0 ? { ...assetLooks[state], tone: 'none' } : assetLooks[state]} size={13} />
          <Option word={assetLooks[state].word} count={counts[state]} />
        </>
      ),
    })),
  ]
  return (
    <div class="filter-bar">
      <Segmented
        label="State"
        value={filter.state ?? 'all'}
        options={options}
        onChange={(state) => setQuery({ state: state === 'all' ? undefined : state }, { replace: true })}
      />
      <Select
        label="Class"
        value={filter.class ?? ''}
        options={[
          { value: '', text: 'All classes' },
          ...[...known].map(([value, text]) => ({ value, text })).sort((a, b) => a.text.localeCompare(b.text)),
        ]}
        onChange={(value) => setQuery({ class: value }, { replace: true })}
      />
      <SearchBox
        label="Filter by name"
        value={filter.text}
        onInput={(text) => setQuery({ q: text }, { replace: true })}
      />
      {props.children}
    </div>
  )
}

function Option({ word, count }: { word: string; count: number }): JSX.Element {
  return (
    <>
      <span class="option-word">{word}</span> <span class="option-count">{count}</span>
    </>
  )
}
