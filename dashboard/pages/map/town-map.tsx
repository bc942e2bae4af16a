import { type Signal, useSignalEffect } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { get } from '../data/client.ts'
import { type ApiProblem, asProblem } from '../data/problem.ts'
import { asset as assetOf } from '../data/town.ts'
import type { AssetSummary } from '../data/types.ts'
import { Icon } from '../design/icon.tsx'
import { Badge } from '../design/shape.tsx'
import { Failure } from '../design/states.tsx'
import { assetLooks } from '../words/states.ts'
import { plural } from '../words/units.ts'
import type { LeafletTown, MapLayerView } from './leaflet-town.ts'
import './map.css'

let layersAsked: Promise<readonly MapLayerView[]> | undefined

function layers(): Promise<readonly MapLayerView[]> {
  layersAsked ??= get<{ items: readonly MapLayerView[] }>('/api/v1/map')
    .then((answer) => answer.items)
    .catch((error) => {
      layersAsked = undefined
      throw error
    })
  return layersAsked
}

/**
 * The town's own drawing with its assets, by Leaflet, which is loaded only here. No tile leaves or enters the city. All of
 * it is also in the list beside it, so the markers take no focus of their own.
 */
export function TownMap(props: {
  assets: readonly AssetSummary[]
  selected: Signal<string | undefined>
  onSelect: (id: string | undefined) => void
}): JSX.Element {
  const place = useRef<HTMLDivElement>(null)
  const map = useRef<LeafletTown | undefined>(undefined)
  const latest = useRef(props)
  const [problem, setProblem] = useState<ApiProblem>()
  const [round, setRound] = useState(0)
  latest.current = props

  useEffect(() => {
    let gone = false
    Promise.all([import('./leaflet-town.ts'), layers()])
      .then(([{ townOn }, drawn]) => {
        if (gone || !place.current) return
        map.current = townOn(place.current, drawn, (id) => latest.current.onSelect(id))
        map.current.show(latest.current.assets)
        map.current.select(latest.current.selected.peek())
      })
      .catch((error) => setProblem(asProblem(error)))
    return () => {
      gone = true
      map.current?.remove()
      map.current = undefined
    }
  }, [round])

  useEffect(() => map.current?.show(props.assets), [props.assets])
  useSignalEffect(() => {
    // Read first: an effect that found no map yet would otherwise never hear of a selection.
    const id = props.selected.value
    map.current?.select(id)
  })

  return (
    <div class="town-map">
      <div class="town-map-canvas" ref={place} />
      {problem ? (
        <div class="town-map-problem">
          <Failure
            problem={problem}
            retry={() => {
              setProblem(undefined)
              setRound(round + 1)
            }}
          />
        </div>
      ) : null}
      <SelectedCard selected={props.selected} onClose={() => props.onSelect(undefined)} />
    </div>
  )
}

function SelectedCard(props: { selected: Signal<string | undefined>; onClose: () => void }): JSX.Element | null {
  const id = props.selected.value
  const found = id === undefined ? undefined : assetOf(id)
  if (!found) return null
  return (
    <section class="card selected-card" aria-label="Selected asset">
      <div class="row apart">
        <Badge look={assetLooks[found.state]} />
        <button type="button" class="button plain icon small" aria-label="Close" onClick={props.onClose}>
          <Icon name="close" size={14} />
        </button>
      </div>
      <a href={`/assets/${found.id}`} class="selected-name">
        {found.name}
      </a>
      <p class="small quiet">
        {[found.classTitle, found.district, `criticality ${found.criticality}`].filter(Boolean).join(' · ')}
      </p>
      <div class="row apart small">
        <span class="soft">{plural(found.openTickets, 'open ticket')}</span>
        <a href={`/assets/${found.id}`} class="row nowrap">
          Open <Icon name="chevron-right" size={13} />
        </a>
      </div>
    </section>
  )
}
