import type { JSX } from 'preact'
import { Segmented } from '../design/field.tsx'

const dayMs = 86_400_000
export const spans = ['7', '30', '90', '365'] as const
export type SpanDays = (typeof spans)[number]
const words: Readonly<Record<SpanDays, string>> = { '7': '7 days', '30': '30 days', '90': '90 days', '365': 'a year' }

export function spanOf(days: SpanDays, now: number): { from: string; to: string } {
  return { from: new Date(now - Number(days) * dayMs).toISOString(), to: new Date(now).toISOString() }
}

/** How much of the past is tried. */
export function SpanChoice(props: { value: SpanDays; onChange: (days: SpanDays) => void }): JSX.Element {
  return (
    <Segmented
      label="How far back"
      value={props.value}
      options={spans.map((days) => ({ value: days, text: words[days] }))}
      onChange={props.onChange}
    />
  )
}
