import type { JSX } from 'preact'
import type { Progress } from '../data/lines.ts'
import { Failure } from '../design/states.tsx'
import { formatCount, plural } from '../words/units.ts'
import type { Run } from './trial-run.ts'

/** How far it is, and a way to end it; what went wrong when it did. */
export function Running<Result>({ run, cancel }: { run: Run<Result>; cancel: () => void }): JSX.Element | null {
  if (run.kind === 'running') return <Bar progress={run.progress} cancel={cancel} />
  if (run.kind === 'failed' && run.problem.code === 'RULE_INVALID')
    return (
      <p class="small trial-loses" role="status">
        The text is not a rule yet: its faults are listed below it.
      </p>
    )
  if (run.kind === 'failed') return <Failure problem={run.problem} />
  if (run.kind === 'cancelled')
    return (
      <p class="small quiet" role="status">
        Cancelled. Nothing was changed.
      </p>
    )
  return null
}

function Bar({ progress, cancel }: { progress: Progress; cancel: () => void }): JSX.Element {
  const share = Math.floor(progress.done * 100)
  return (
    <div class="trial-progress">
      <progress max={100} value={share} aria-label="Trying on history" />
      <span class="small soft" role="status">
        {share} % · {formatCount(progress.readings)} readings · {plural(progress.bouts, 'bout')}
      </span>
      <button type="button" class="button small" onClick={cancel}>
        Cancel
      </button>
    </div>
  )
}
