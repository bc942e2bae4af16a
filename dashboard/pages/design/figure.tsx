import type { JSX } from 'preact'
import { formatNumber, readableUnit } from '../words/units.ts'

/** A number with its unit, the unit smaller: `7.42 mm/s`. */
export function Figure({ value, unit, decimals = 1 }: { value: number; unit: string; decimals?: number }): JSX.Element {
  const text = readableUnit(unit)
  return (
    <span class="figure">
      <span>{formatNumber(value, decimals)}</span>
      {text === '' ? null : <span class="unit">{text}</span>}
    </span>
  )
}

/** Criticality as five strokes, with its number for those who cannot see them. */
export function Pips({ value, of = 5 }: { value: number; of?: number }): JSX.Element {
  return (
    <span class="pips" role="img" aria-label={`${value} of ${of}`}>
      {Array.from({ length: of }, (_, index) => (
        <i key={index} class={index < value ? 'on' : ''} />
      ))}
    </span>
  )
}
