import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { may } from '../data/session.ts'
import type { AssetView } from '../data/types.ts'
import { Pips } from '../design/figure.tsx'
import { Icon } from '../design/icon.tsx'
import { Badge } from '../design/shape.tsx'
import { NewTicket } from '../tickets/new-ticket.tsx'
import { assetLooks, criticalityWords } from '../words/states.ts'
import { ServiceState } from './service-state.tsx'

export function AssetHead({ asset, onService }: { asset: AssetView; onService: () => void }): JSX.Element {
  const [writing, setWriting] = useState(false)
  return (
    <header class="page-head asset-head">
      <div>
        <div class="row wrap asset-title">
          <h1 tabIndex={-1}>{asset.name}</h1>
          <Badge look={assetLooks[asset.state]} />
        </div>
        <ul class="asset-meta small soft">
          <li class="mono">{asset.id}</li>
          <li>{asset.classTitle}</li>
          {asset.district ? <li>{asset.district}</li> : null}
          <li class="row" title={criticalityWords[asset.criticality]}>
            Criticality <Pips value={asset.criticality} />
          </li>
          <li>
            <a href={`/?view=map&asset=${asset.id}`} class="row">
              <Icon name="place" size={14} /> {asset.place.address ?? 'On the map'}
            </a>
          </li>
        </ul>
      </div>
      {may('operate') ? (
        <div class="row wrap">
          {asset.service ? null : <ServiceState asset={asset} onChanged={onService} />}
          <button type="button" class="button" onClick={() => setWriting(true)}>
            <Icon name="plus" /> New ticket
          </button>
        </div>
      ) : null}
      {writing ? <NewTicket asset={asset.id} onClose={() => setWriting(false)} /> : null}
    </header>
  )
}
