import type { JSX } from 'preact'
import { asset } from '../data/town.ts'
import type { AlarmView } from '../data/types.ts'
import { Moment } from '../design/when.tsx'
import { hidingWords } from '../words/states.ts'

/** What hides an alarm: by whom, why, and until when. */
export function HiddenBy({ hiding }: { hiding: NonNullable<AlarmView['hiddenBy']> }): JSX.Element {
  return (
    <p class="small soft alarm-hidden">
      <strong>{hidingWords[hiding.kind]}</strong>
      {hiding.by ? ` by ${hiding.by}` : ''}
      {hiding.until ? (
        <>
          {hiding.kind === 'suppressed' ? ' for now, until ' : ' until '}
          <Moment at={hiding.until} />
        </>
      ) : null}
      : {hiding.reason}
      {hiding.parent ? (
        <>
          {' ('}
          <a href={`/assets/${hiding.parent}`}>{asset(hiding.parent)?.name ?? hiding.parent}</a>)
        </>
      ) : null}
    </p>
  )
}
