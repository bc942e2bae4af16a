import type { JSX } from 'preact'
import type { SourceView } from '../data/types.ts'
import { Icon } from '../design/icon.tsx'
import { useMore } from '../design/more.tsx'
import { readableUnit } from '../words/units.ts'

const rowsFirst = 50

/** What was adopted before, and the way back. */
export function MappedNames(props: {
  sources: readonly SourceView[]
  onTakeBack: (source: SourceView) => void
}): JSX.Element | null {
  const { shown, more } = useMore(props.sources, rowsFirst)
  if (props.sources.length === 0) return null
  return (
    <section class="card" aria-label="Adopted">
      <header>
        <h2>
          Adopted <span class="quiet">{props.sources.length}</span>
        </h2>
        <a class="button small" href="/api/v1/sources?format=csv" download="sources.csv">
          <Icon name="download" size={14} /> CSV
        </a>
      </header>
      <ul class="found-list">
        {shown.map((source) => (
          <li class="found found-mapped" key={source.name}>
            <div class="found-name">
              <span class="mono">{source.name}</span>
              {source.fault ? (
                <span class="device-note amber">
                  <Icon name="warning" size={14} /> {source.fault}
                </span>
              ) : null}
            </div>
            <div class="found-value">
              <a href={`/assets/${source.sensor.split('/')[0] ?? ''}`}>{source.sensor}</a>
              <span class="small quiet"> {conversionOf(source)}</span>
            </div>
            <div class="found-actions">
              <button type="button" class="button small plain" onClick={() => props.onTakeBack(source)}>
                Take back
                <span class="visually-hidden"> {source.name}</span>
              </button>
            </div>
          </li>
        ))}
      </ul>
      {more}
    </section>
  )
}

function conversionOf({ unit, factor, offset }: SourceView): string {
  if (factor !== null) return `× ${factor}${offset ? ` + ${offset}` : ''}`.replace('+ -', '− ')
  return unit === null ? '' : `sent in ${readableUnit(unit) || '1'}`
}
