import type { JSX } from 'preact'
import { latestOf } from '../data/latest.ts'
import type { LatestValue, SensorView } from '../data/types.ts'
import { Figure } from '../design/figure.tsx'
import { Shape } from '../design/shape.tsx'
import { Age } from '../design/when.tsx'
import { qualityWords } from '../words/states.ts'
import { formatValue } from '../words/units.ts'
import { worstBeyond } from './limits.ts'

/** What every sensor says now, with its unit and its age. The place of each is fixed; only the figures change. */
export function ValueTiles({ sensors }: { sensors: readonly SensorView[] }): JSX.Element {
  return (
    <ul class="tiles" aria-label="Newest values">
      {sensors.map((sensor) => (
        <Tile key={sensor.id} sensor={sensor} />
      ))}
    </ul>
  )
}

function Tile({ sensor }: { sensor: SensorView }): JSX.Element {
  const latest = latestOf(sensor.id).value ?? sensor.latest
  const beyond = latest ? worstBeyond(latest.value, sensor.limits) : undefined
  const tone = beyond ? (beyond.level === 'action' ? 'red' : 'amber') : ''
  return (
    <li class={`tile ${tone}`}>
      <a href={`#chart-${sensor.quantity}`} class="tile-title truncate">
        {sensor.title}
      </a>
      <div class="tile-value">
        {latest ? (
          <Figure value={latest.value} unit={sensor.unit} decimals={sensor.decimals} />
        ) : (
          <span class="quiet">–</span>
        )}
      </div>
      <div class="tile-foot micro">
        {latest ? <Foot latest={latest} beyond={beyond} sensor={sensor} /> : <span class="quiet">no reading yet</span>}
      </div>
    </li>
  )
}

function Foot(props: {
  latest: LatestValue
  beyond: SensorView['limits'][number] | undefined
  sensor: SensorView
}): JSX.Element {
  const { latest, beyond, sensor } = props
  return (
    <>
      <span class="quiet">
        <Age at={latest.observedAt} />
      </span>
      {latest.quality === 'good' ? null : (
        <span class="tile-doubt" title={qualityWords[latest.quality]}>
          {latest.quality}
        </span>
      )}
      {beyond ? (
        <span
          class={`tile-beyond ${beyond.level === 'action' ? 'red' : 'amber'}`}
          title={`${beyond.title}: ${beyond.direction} ${formatValue(beyond.value, sensor.unit, sensor.decimals)}`}
        >
          <Shape
            look={beyond.level === 'action' ? { shape: 'octagon', tone: 'red' } : { shape: 'triangle', tone: 'amber' }}
            size={11}
          />
          {beyond.direction} {formatValue(beyond.value, sensor.unit, sensor.decimals)}
        </span>
      ) : null}
    </>
  )
}
