import type { JSX } from 'preact'
import { useRef } from 'preact/hooks'
import type { ApiProblem } from '../data/problem.ts'
import { Icon } from '../design/icon.tsx'

type Fault = ApiProblem['faults'][number]
// The first line of the text stands so far below the frame; as in rule.css.
const lineHeightPx = 21

/** A rule's text: lines with numbers, and each fault at its own. */
export function Editor(props: {
  text: string
  readOnly: boolean
  faults: readonly Fault[]
  onInput: (text: string) => void
}): JSX.Element {
  const { text, readOnly, faults } = props
  const area = useRef<HTMLTextAreaElement>(null)
  const lines = text.split('\n')
  const faulty = new Set(faults.map(({ line }) => line))
  const go = ({ line = 1, column = 1 }: Fault) => {
    const element = area.current
    if (!element) return
    const offset = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0) + column - 1
    element.focus()
    element.setSelectionRange(offset, offset + (/^[\w-]+/.exec(text.slice(offset))?.[0].length ?? 0))
  }
  return (
    <div class="editor">
      <div class={readOnly ? 'editor-frame' : 'editor-frame editable'}>
        <ol class="editor-lines" aria-hidden="true">
          {lines.map((_, index) => (
            <li key={index} class={faulty.has(index + 1) ? 'faulty' : ''}>
              {index + 1}
            </li>
          ))}
        </ol>
        <textarea
          ref={area}
          class="editor-text"
          aria-label="Text of the rule"
          aria-describedby="rule-faults"
          aria-invalid={faults.length > 0 ? 'true' : undefined}
          value={text}
          readOnly={readOnly}
          spellcheck={false}
          autocapitalize="off"
          autocomplete="off"
          wrap="off"
          style={{ height: `${(lines.length + 1) * lineHeightPx + 24}px` }}
          onInput={(event) => props.onInput(event.currentTarget.value)}
        />
      </div>
      <ul id="rule-faults" class="editor-faults" aria-live="polite">
        {faults.map((fault) => (
          <li key={`${fault.path} ${fault.message}`}>
            <Icon name="warning" size={14} />
            {fault.line === undefined ? null : (
              <button type="button" class="editor-goto" onClick={() => go(fault)}>
                Line {fault.line}
              </button>
            )}
            <span>{fault.message}</span>
          </li>
        ))}
      </ul>
    </div>
  )
}
