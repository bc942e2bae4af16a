import type { JSX } from 'preact'

/** The sign of the program: one length of a road, and what the sensor felt under it. */
export function Mark({ size = 28 }: { size?: number }): JSX.Element {
  return (
    <svg class="mark" width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="7" fill="var(--mark-ground)" />
      <path
        d="M5 20h6l3-9 4.5 13 3-8H27"
        fill="none"
        stroke="#fff"
        stroke-width="2.4"
        stroke-linecap="round"
        stroke-linejoin="round"
      />
    </svg>
  )
}
