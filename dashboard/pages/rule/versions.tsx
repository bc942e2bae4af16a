import type { JSX } from 'preact'
import type { RuleView } from '../data/types.ts'
import { Moment } from '../design/when.tsx'

/** Who changed it, when and why; each earlier text can be put back into the editor. */
export function Versions({
  rule,
  onTake,
}: {
  rule: RuleView
  onTake: ((text: string) => void) | undefined
}): JSX.Element {
  return (
    <section class="card" aria-labelledby="versions-heading">
      <header>
        <h2 id="versions-heading">Changes</h2>
      </header>
      <div class="body">
        {rule.versions.length === 0 ? (
          <p class="small soft">Nobody has changed it here: it is as its file has it.</p>
        ) : (
          <ol class="rule-versions">
            {rule.versions.map(({ at, by, note, text }) => (
              <li key={at}>
                <span>
                  <Moment at={at} /> · {by}
                  {text === null ? ' went back to the shipped one' : ''}
                </span>
                {note === '' ? null : <span class="soft">{note}</span>}
                {text !== null && onTake && text !== rule.text ? (
                  <button type="button" class="button small" onClick={() => onTake(text)}>
                    Put into the editor
                  </button>
                ) : null}
              </li>
            ))}
          </ol>
        )}
      </div>
    </section>
  )
}
