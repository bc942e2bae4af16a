import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { assets, openTickets } from '../data/town.ts'
import { Dialog } from '../design/dialog.tsx'
import { Icon } from '../design/icon.tsx'
import { Shape } from '../design/shape.tsx'
import { navigate } from '../routing/router.ts'
import { assetLooks, type Look, ticketLooks } from '../words/states.ts'
import { score } from './finding.ts'

type Find = { href: string; title: string; detail: string; look: Look; score: number }
const findsMax = 12

function finds(text: string): readonly Find[] {
  const wanted = text.trim().toLowerCase().replace(/^#/, '')
  const found: Find[] = []
  for (const ticket of openTickets.value.data ?? []) {
    const points = wanted === '' ? 1 : score(wanted, [String(ticket.number), ticket.title, ticket.assetName])
    if (points > 0)
      found.push({
        href: `/tickets/${ticket.number}`,
        title: ticket.title,
        detail: `Ticket ${ticket.number} · ${ticket.assetName}`,
        look: ticketLooks[ticket.state],
        score: points + ticket.priority.score / 1_000,
      })
  }
  for (const asset of wanted === '' ? [] : (assets.value.data ?? [])) {
    const points = score(wanted, [asset.id, asset.name, asset.classTitle, asset.district ?? ''])
    if (points > 0)
      found.push({
        href: `/assets/${asset.id}`,
        title: asset.name,
        detail: [asset.id, asset.classTitle, asset.district].filter(Boolean).join(' · '),
        look: assetLooks[asset.state],
        score: points + asset.criticality / 1_000,
      })
  }
  return found.sort((a, b) => b.score - a.score).slice(0, findsMax)
}

/** Straight to an asset or a ticket by a few letters of its name or number. */
export function Jump({ onClose }: { onClose: () => void }): JSX.Element {
  const [text, setText] = useState('')
  const [chosen, setChosen] = useState(0)
  const list = finds(text)
  const go = (find: Find | undefined) => {
    if (!find) return
    onClose()
    navigate(find.href)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown') setChosen(Math.min(chosen + 1, list.length - 1))
    else if (event.key === 'ArrowUp') setChosen(Math.max(chosen - 1, 0))
    else return
    event.preventDefault()
  }
  return (
    <Dialog title="Find" onClose={onClose} onSubmit={() => go(list[chosen])}>
      <div class="search">
        <Icon name="search" />
        <input
          class="input"
          type="text"
          role="combobox"
          aria-label="Name or number of an asset or ticket"
          aria-expanded="true"
          aria-controls="jump-list"
          aria-activedescendant={list.length > 0 ? `jump-${chosen}` : undefined}
          placeholder="pump 07, Mill Bridge, 1042 …"
          autofocus
          autocomplete="off"
          spellcheck={false}
          value={text}
          onInput={(event) => {
            setText(event.currentTarget.value)
            setChosen(0)
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      <div class="finds" id="jump-list" role="listbox" aria-label="Found">
        {list.map((find, index) => (
          // biome-ignore lint/a11y/useFocusableInteractive: the focus stays in the text box, which names the chosen option
          // biome-ignore lint/a11y/useKeyWithClickEvents: the text box has the keys
          <div
            key={find.href}
            id={`jump-${index}`}
            role="option"
            aria-selected={index === chosen}
            class="find-row"
            onClick={() => go(find)}
            onPointerMove={() => setChosen(index)}
          >
            <Shape look={find.look} />
            <span class="truncate">
              {find.title} <span class="visually-hidden">{find.look.word}</span>
            </span>
            <span class="quiet small truncate">{find.detail}</span>
          </div>
        ))}
        {list.length === 0 ? (
          <p class="quiet small find-none">
            {text === '' ? 'Type a few letters of a name, or a ticket number.' : `Nothing is called “${text}”.`}
          </p>
        ) : null}
      </div>
    </Dialog>
  )
}
