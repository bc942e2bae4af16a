import type { JSX } from 'preact'
import type { SuggestionView } from '../data/types.ts'
import { perAssetYear } from '../rules/rule-words.ts'
import { formatNumber, formatValue, readableUnit } from '../words/units.ts'

type Tried = SuggestionView['tried'][number]

const wide = 640
const high = 222
const left = 56
const right = 30
const top = 14
const bottom = 52

/** Unconfirmed tickets by limit against the target; the table beside it says the same in numbers. */
export function LimitCurve(props: {
  found: SuggestionView
  chosen: number | undefined
  onChoose: (place: number) => void
}): JSX.Element {
  const { tried, target, unit } = props.found
  // A square root: what matters is near the target, and the noisy end is a hundred times as high.
  const most = Math.max(target * 2, ...tried.map((each) => each.unconfirmedPerAssetYear))
  const x = (place: number) => left + (place / Math.max(1, tried.length - 1)) * (wide - left - right)
  const y = (rate: number) => high - bottom - Math.sqrt(rate / most) * (high - top - bottom)
  const line = tried.map((each, place) => `${x(place)},${y(each.unconfirmedPerAssetYear)}`).join(' ')
  const decimals = decimalsOf(tried)
  return (
    <svg
      class="limit-curve"
      viewBox={`0 0 ${wide} ${high}`}
      role="img"
      aria-label="Unconfirmed tickets per asset and year, by limit"
    >
      <rect x={left} y={y(target)} width={wide - left - right} height={high - bottom - y(target)} class="within" />
      <line x1={left} x2={wide - right} y1={y(target)} y2={y(target)} class="target" />
      <text x={left - 6} y={y(target) + 4} class="axis end">
        {perAssetYear(target)}
      </text>
      <text x={left - 6} y={top + 4} class="axis end">
        {most < 10 ? perAssetYear(most) : formatNumber(most)}
      </text>
      <polyline points={line} class="curve" />
      {tried.map((each, place) => (
        // biome-ignore lint/a11y/noStaticElementInteractions: for the mouse; the table below has a button for each
        <g key={each.limit} onClick={() => props.onChoose(place)} class={dotClass(each, place, props.chosen)}>
          <rect x={x(place) - 14} y={top} width="28" height={high - top} fill="transparent" />
          <circle cx={x(place)} cy={y(each.unconfirmedPerAssetYear)} r={place === props.chosen ? 6 : 4} />
          {place % 2 === 0 || place === props.chosen ? (
            <text x={x(place)} y={high - bottom + 20} class="axis middle">
              {formatValue(each.limit, '1', decimals)}
            </text>
          ) : null}
        </g>
      ))}
      <text x={wide - right} y={high - 8} class="axis end">
        {unit === '' || unit === '1' ? 'limit' : `limit in ${readableUnit(unit)}`}
      </text>
    </svg>
  )
}

function dotClass({ lost, isCurrent }: Tried, place: number, chosen: number | undefined): string {
  return ['dot', place === chosen ? 'chosen' : '', lost > 0 ? 'loses' : '', isCurrent ? 'current' : ''].join(' ')
}

/** As many decimals as tell the limits apart. */
export function decimalsOf(tried: readonly Tried[]): number {
  for (let decimals = 0; decimals < 4; decimals++)
    if (tried.every(({ limit }) => Math.abs(Number(limit.toFixed(decimals)) - limit) < 10 ** -(decimals + 2)))
      return decimals
  return 4
}
