import type { JSX } from 'preact'
import type { Look, ShapeName } from '../words/states.ts'

/** Drawn on 16 × 16. Filled shapes ask for more attention than outlined ones. */
const drawings: Readonly<Record<ShapeName, JSX.Element>> = {
  dot: <circle cx="8" cy="8" r="3.5" fill="currentColor" />,
  'ring-gap': (
    <g fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round">
      <path d="M8 2.9A5.1 5.1 0 0 0 8 13.1" stroke-dasharray="2.6 3" />
      <path d="M8 2.9A5.1 5.1 0 0 1 8 13.1" stroke-dasharray="2.6 3" />
      <path d="M5.2 10.8 10.8 5.2" />
    </g>
  ),
  triangle: <path d="M8 1.8 15 14H1z" fill="currentColor" stroke="currentColor" stroke-linejoin="round" />,
  octagon: (
    <path
      d="M5.2 1.5h5.6l3.7 3.7v5.6l-3.7 3.7H5.2l-3.7-3.7V5.2z"
      fill="currentColor"
      stroke="currentColor"
      stroke-linejoin="round"
    />
  ),
  ring: <circle cx="8" cy="8" r="5.2" fill="none" stroke="currentColor" stroke-width="1.8" />,
  'ring-check': (
    <g fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round">
      <circle cx="8" cy="8" r="5.6" />
      <path d="m5.6 8.2 1.7 1.7 3.2-3.5" />
    </g>
  ),
  half: (
    <g>
      <circle cx="8" cy="8" r="5.2" fill="none" stroke="currentColor" stroke-width="1.8" />
      <path d="M8 2.8a5.2 5.2 0 0 1 0 10.4z" fill="currentColor" />
    </g>
  ),
  pause: (
    <g fill="currentColor">
      <rect x="3.6" y="3" width="3.2" height="10" rx="1" />
      <rect x="9.2" y="3" width="3.2" height="10" rx="1" />
    </g>
  ),
  'three-quarter': (
    <g>
      <circle cx="8" cy="8" r="5.2" fill="none" stroke="currentColor" stroke-width="1.8" />
      <path d="M8 8V2.8A5.2 5.2 0 1 1 2.8 8z" fill="currentColor" />
    </g>
  ),
  pulse: (
    <path
      d="M1.5 8.5h3l2-5 3 9 2-4h3"
      fill="none"
      stroke="currentColor"
      stroke-width="1.8"
      stroke-linecap="round"
      stroke-linejoin="round"
    />
  ),
  'disc-check': (
    <path
      fill-rule="evenodd"
      fill="currentColor"
      d="M8 1.7a6.3 6.3 0 1 0 0 12.6A6.3 6.3 0 0 0 8 1.7m3.3 4.9a.8.8 0 0 0-1.2-1.1L7.2 8.7 6 7.5a.8.8 0 1 0-1.1 1.1l1.8 1.8c.3.3.8.3 1.1 0z"
    />
  ),
  cross: <path d="m4 4 8 8m0-8-8 8" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" fill="none" />,
  'bars-1': <Bars filled={1} />,
  'bars-2': <Bars filled={2} />,
  'bars-3': <Bars filled={3} />,
  'bars-4': <Bars filled={4} />,
}

function Bars({ filled }: { filled: number }): JSX.Element {
  return (
    <g fill="currentColor">
      {[0, 1, 2, 3].map((bar) => (
        <rect
          key={bar}
          x={1.5 + bar * 3.4}
          y={10.5 - bar * 2.8}
          width="2.4"
          height={3.5 + bar * 2.8}
          rx="0.8"
          opacity={bar < filled ? 1 : 0.28}
        />
      ))}
    </g>
  )
}

export function Shape({ look, size = 14 }: { look: Pick<Look, 'shape' | 'tone'>; size?: number }): JSX.Element {
  return (
    <svg class={`shape ${look.tone}`} width={size} height={size} viewBox="0 0 16 16" aria-hidden="true">
      {drawings[look.shape]}
    </svg>
  )
}

/** A state in a word, a shape and a colour. `bare` leaves the ground out, for dense tables. */
export function Badge({ look, bare, detail }: { look: Look; bare?: boolean; detail?: string }): JSX.Element {
  return (
    <span class={`badge ${look.tone} ${bare ? 'bare' : ''}`}>
      <Shape look={look} size={13} />
      {look.word}
      {detail === undefined ? null : <span class="quiet">{detail}</span>}
    </span>
  )
}
