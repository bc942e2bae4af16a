import type { JSX } from 'preact'
import type { DiscoveredView } from '../data/types.ts'
import { Icon } from '../design/icon.tsx'
import { Age } from '../design/when.tsx'
import { plural, readableUnit } from '../words/units.ts'
import { type Group, type Mapping, ownNameOf, suggestedMapping, suggestedMappings } from './discovered.ts'

type Doing = {
  onAdopt: (items: readonly Mapping[]) => void
  onAsk: (found: DiscoveredView) => void
  onForget: (name: string) => void
}

/** What one device sends. */
export function DiscoveredGroup({ group, ...doing }: { group: Group } & Doing): JSX.Element {
  const [first] = group.found
  const clear = suggestedMappings(group.found)
  return (
    <section class="card" aria-label={group.from}>
      <header>
        <div class="found-from">
          <h2 class="mono">{group.from}</h2>
          {first ? (
            <p class="small quiet">
              brought by {first.device || 'the API'} on <span class="mono">{first.topic}</span>
            </p>
          ) : null}
        </div>
        {clear.length > 1 ? (
          <button type="button" class="button small primary" onClick={() => doing.onAdopt(clear)}>
            Adopt {clear.length === group.found.length ? `all ${clear.length}` : `${clear.length} as suggested`}
          </button>
        ) : null}
      </header>
      <ul class="found-list">
        {group.found.map((found) => (
          <Found key={found.name} found={found} {...doing} />
        ))}
      </ul>
    </section>
  )
}

function Found({ found, onAdopt, onAsk, onForget }: { found: DiscoveredView } & Doing): JSX.Element {
  const mapping = suggestedMapping(found)
  const own = ownNameOf(found.name)
  return (
    <li class="found">
      <div class="found-name">
        <strong>{own}</strong>
        <span class="small quiet">
          {plural(found.count, 'reading')}, last <Age at={found.lastAt} />
        </span>
      </div>
      <div class="found-value">
        {formatFound(found.value)} <span class="quiet">{found.unit ? readableUnit(found.unit) : ''}</span>
      </div>
      <div class="found-actions">
        {mapping ? (
          <>
            <button type="button" class="button small" onClick={() => onAdopt([mapping])}>
              <Icon name="check" size={14} /> Adopt as <span class="mono">{mapping.sensor}</span>
            </button>
            <button type="button" class="button small plain" onClick={() => onAsk(found)}>
              Other…
              <span class="visually-hidden"> for {own}</span>
            </button>
          </>
        ) : (
          <button type="button" class="button small" onClick={() => onAsk(found)}>
            Adopt…
            <span class="visually-hidden"> {own}</span>
          </button>
        )}
        <button
          type="button"
          class="button small plain icon"
          aria-label={`Forget ${own}`}
          title="Forget until it is heard again"
          onClick={() => onForget(found.name)}
        >
          <Icon name="trash" size={15} />
        </button>
      </div>
    </li>
  )
}

/** Six digits say enough of a value whose meaning is not known yet. */
function formatFound(value: number): string {
  return String(Number(value.toPrecision(6))).replace('-', '−')
}
