import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { pauseStream, resumeStream, streamState } from '../data/stream.ts'
import { Dialog } from '../design/dialog.tsx'
import { navigate } from '../routing/router.ts'

const groups: readonly { title: string; keys: readonly (readonly [keys: string, what: string])[] }[] = [
  {
    title: 'Everywhere',
    keys: [
      ['/', 'Find an asset or ticket'],
      ['g o', 'Go to the overview'],
      ['g t', 'Go to the tickets'],
      ['g l', 'Go to the alarms'],
      ['g a', 'Go to the assets'],
      ['g r', 'Go to the rules'],
      ['g d', 'Go to the devices'],
      ['p', 'Pause or resume live values'],
      ['?', 'This list'],
    ],
  },
  {
    title: 'On a chart in focus',
    keys: [
      ['← →', 'Previous and next reading'],
      ['PgUp PgDn', 'A tenth of the chart'],
      ['Home End', 'First and last reading'],
      ['Enter', 'Speak a summary'],
      ['−', 'Zoom out'],
      ['Esc', 'Take the cursor away'],
    ],
  },
]

const goTo: Readonly<Record<string, string>> = {
  o: '/',
  t: '/tickets',
  l: '/alarms',
  a: '/assets',
  r: '/rules',
  d: '/devices',
}
// How long after `g` the second key still belongs to it.
const secondKeyMs = 1_500

function typing(event: KeyboardEvent): boolean {
  const { target } = event
  if (!(target instanceof HTMLElement)) return false
  return target.isContentEditable || /^(input|textarea|select)$/i.test(target.tagName)
}

export function useShortcuts(act: { jump: () => void; list: () => void }): void {
  const latest = useRef(act)
  latest.current = act
  useEffect(() => {
    let goPressedAt = 0
    const onKey = (event: KeyboardEvent) => {
      if (typing(event) || event.ctrlKey || event.metaKey || event.altKey) return
      if (document.querySelector('dialog[open]')) return
      const place = goTo[event.key]
      if (place && event.timeStamp - goPressedAt < secondKeyMs) navigate(place)
      else if (event.key === '/') latest.current.jump()
      else if (event.key === '?') latest.current.list()
      else if (event.key === 'p') (streamState.peek() === 'paused' ? resumeStream : pauseStream)()
      else if (event.key === 'g') {
        goPressedAt = event.timeStamp
        return
      } else return
      goPressedAt = 0
      event.preventDefault()
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [])
}

export function ShortcutList({ onClose }: { onClose: () => void }): JSX.Element {
  return (
    <Dialog title="Keyboard shortcuts" onClose={onClose}>
      <div class="shortcut-groups">
        {groups.map((group) => (
          <section key={group.title}>
            <h3>{group.title}</h3>
            <dl>
              {group.keys.map(([keys, what]) => (
                <div key={keys}>
                  <dt>
                    {keys.split(' ').map((key) => (
                      <kbd key={key}>{key}</kbd>
                    ))}
                  </dt>
                  <dd>{what}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  )
}
