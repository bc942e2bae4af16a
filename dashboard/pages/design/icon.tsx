import type { JSX } from 'preact'

/** Outlines on 16 × 16, drawn for this program. */
const paths = {
  overview: 'M2 3.5 6 2l4 1.5L14 2v10.5L10 14l-4-1.5L2 14zM6 2v10.5M10 3.5V14',
  tickets: 'M2 4h12v2.6a1.4 1.4 0 0 0 0 2.8V12H2V9.4a1.4 1.4 0 0 0 0-2.8zM9.5 4v8',
  assets: 'M2.5 3h4v4h-4zM9.5 3h4v4h-4zM2.5 10h4v3.5h-4zM9.5 10h4v3.5h-4z',
  devices: 'M8 13v-3M5.2 7.2a4 4 0 0 1 5.6 0M3 5a7 7 0 0 1 10 0M8 10.2v.1',
  bell: 'M8 2a4 4 0 0 1 4 4c0 3.6 1.5 4.8 1.5 5.5h-11C2.5 10.8 4 9.6 4 6a4 4 0 0 1 4-4M6.5 13.5a1.6 1.6 0 0 0 3 0',
  book: 'M3 2.5h7.5A2.5 2.5 0 0 1 13 5v8.5H5A2 2 0 0 1 3 11.5zM3 11.5A2 2 0 0 1 5 9.5h8',
  search: 'M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9M10.3 10.3 14 14',
  close: 'm4 4 8 8m0-8-8 8',
  check: 'm3 8.5 3.2 3.2L13 5',
  plus: 'M8 3v10M3 8h10',
  minus: 'M3 8h10',
  download: 'M8 2.5v7.5M4.8 7 8 10.2 11.2 7M3 13.5h10',
  'chevron-right': 'm6 3.5 4.5 4.5L6 12.5',
  'chevron-left': 'M10 3.5 5.5 8l4.5 4.5',
  'chevron-down': 'm3.5 6 4.5 4.5L12.5 6',
  up: 'M8 13V3M4 7l4-4 4 4',
  down: 'M8 3v10M4 9l4 4 4-4',
  'zoom-out': 'M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9M10.3 10.3 14 14M5 7h4',
  pause: 'M5.5 3.5v9M10.5 3.5v9',
  play: 'M5 3.2v9.6L12.5 8z',
  user: 'M8 2.5a2.7 2.7 0 1 1 0 5.4 2.7 2.7 0 0 1 0-5.4M2.8 13.8a5.2 5.2 0 0 1 10.4 0',
  out: 'M9.5 2.5h4v11h-4M10 8H2.5M5.5 5l-3 3 3 3',
  keyboard: 'M1.5 4h13v8h-13zM4 6.5h.1M6.7 6.5h.1M9.3 6.5h.1M12 6.5h.1M4.5 9.5h7',
  copy: 'M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3',
  list: 'M5.5 4h8M5.5 8h8M5.5 12h8M2.5 4h.1M2.5 8h.1M2.5 12h.1',
  table: 'M2 3h12v10H2zM2 6.5h12M2 10h12M6 6.5V13',
  clock: 'M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2M8 4.8V8l2.2 1.6',
  place: 'M8 14s4.5-4.2 4.5-7.7a4.5 4.5 0 0 0-9 0C3.5 9.8 8 14 8 14M8 4.8a1.6 1.6 0 1 1 0 3.2 1.6 1.6 0 0 1 0-3.2',
  warning: 'M8 2.2 14.5 13.5h-13zM8 6.5v3.2M8 11.6v.1',
  info: 'M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2M8 7.3v3.6M8 5v.1',
  trash: 'M2.5 4.5h11M6 4.5v-2h4v2M4 4.5l.7 9h6.6l.7-9',
  key: 'M5.5 7a3.2 3.2 0 1 1 0 6.4 3.2 3.2 0 0 1 0-6.4M8 8l5.5-5.5M11 5l2 2',
  wave: 'M1.5 9h2.5L6.2 3.5 9.5 12.5 11.5 8h3',
  external: 'M9 2.5h4.5V7M13.5 2.5 7.5 8.5M11.5 9.5v4h-9v-9h4',
  sun: 'M8 5.2a2.8 2.8 0 1 1 0 5.6 2.8 2.8 0 0 1 0-5.6M8 1.5v1.2M8 13.3v1.2M1.5 8h1.2M13.3 8h1.2M3.4 3.4l.8.8M11.8 11.8l.8.8M3.4 12.6l.8-.8M11.8 4.2l.8-.8',
  moon: 'M13.5 9.5A6 6 0 0 1 6.5 2.5a6 6 0 1 0 7 7z',
  note: 'M2.5 3h11v8h-6l-3 2.5V11h-2z',
  more: 'M3.5 8h.1M8 8h.1M12.5 8h.1',
} as const

export type IconName = keyof typeof paths

export function Icon({
  name,
  size = 16,
  class: extra = '',
}: {
  name: IconName
  size?: number
  class?: string
}): JSX.Element {
  return (
    <svg
      class={extra}
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      stroke-width={name === 'more' || name === 'list' ? 1.9 : 1.5}
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      <path d={paths[name]} />
    </svg>
  )
}
