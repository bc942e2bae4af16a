import type { JSX } from 'preact'
import { now } from '../data/clock.ts'
import { heardAt, pauseStream, resumeStream, streamState } from '../data/stream.ts'
import { Icon } from '../design/icon.tsx'
import { Shape } from '../design/shape.tsx'
import { formatSpan } from '../words/time.ts'

const words = { connecting: 'Connecting', live: 'Live', reconnecting: 'Reconnecting', paused: 'Paused' } as const

// Under ten seconds is what "live" promises; beyond it the age is said.
const ageWorthSayingMs = 10_000

/** Whether what is shown is live, since when not, and the button that holds it still. */
export function LiveState(): JSX.Element {
  const state = streamState.value
  const age = heardAt.value === undefined ? 0 : now.value - heardAt.value
  const paused = state === 'paused'
  const look =
    state === 'live'
      ? ({ shape: 'dot', tone: 'green' } as const)
      : ({ shape: paused ? 'pause' : 'ring-gap', tone: paused ? 'none' : 'amber' } as const)
  return (
    <div class="live-state">
      <span class="live-word" role="status">
        <Shape look={look} size={16} />
        <span>{words[state]}</span>
      </span>
      {age > ageWorthSayingMs ? <span class="quiet nowrap">{formatSpan(age)}</span> : null}
      <button
        type="button"
        class="button plain icon"
        onClick={paused ? resumeStream : pauseStream}
        aria-label={paused ? 'Resume live values' : 'Pause live values'}
        title={paused ? 'Resume live values' : 'Pause live values'}
      >
        <Icon name={paused ? 'play' : 'pause'} />
      </button>
    </div>
  )
}
