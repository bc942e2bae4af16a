import type { JSX } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { post } from '../data/client.ts'
import { session as held, sessionEnded } from '../data/session.ts'
import { chooseTheme, type Theme, theme } from '../data/theme.ts'
import type { Session } from '../data/types.ts'
import { Segmented } from '../design/field.tsx'
import { Icon } from '../design/icon.tsx'
import { toastFailed } from '../design/toast.tsx'
import { navigate } from '../routing/router.ts'
import { roleWords } from '../words/states.ts'

const themeOptions: readonly { value: Theme; text: string }[] = [
  { value: 'system', text: 'System' },
  { value: 'light', text: 'Light' },
  { value: 'dark', text: 'Dark' },
]

async function logOut(): Promise<void> {
  try {
    await post('/api/v1/logout')
    sessionEnded.value = false
    navigate('/login', { replace: true })
    held.value = null
  } catch (error) {
    toastFailed(error)
  }
}

/** Closes on Escape, on a click elsewhere, and when the focus leaves it. */
function useClosing(open: boolean, close: () => void) {
  const element = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (!open) return
    const outside = (event: Event) => {
      if (event.target instanceof Node && !element.current?.contains(event.target)) close()
    }
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Escape') return
      close()
      element.current?.querySelector('button')?.focus()
    }
    document.addEventListener('pointerdown', outside)
    document.addEventListener('focusin', outside)
    document.addEventListener('keydown', onKey)
    return () => {
      document.removeEventListener('pointerdown', outside)
      document.removeEventListener('focusin', outside)
      document.removeEventListener('keydown', onKey)
    }
  }, [open])
  return element
}

export function UserMenu({ session, onShortcuts }: { session: Session; onShortcuts: () => void }): JSX.Element {
  const [open, setOpen] = useState(false)
  const element = useClosing(open, () => setOpen(false))
  return (
    <div class="menu" ref={element}>
      <button
        type="button"
        class="button plain icon"
        aria-expanded={open}
        aria-controls="user-menu"
        aria-label={`${session.name}, ${roleWords[session.role]}: menu`}
        onClick={() => setOpen(!open)}
      >
        <Icon name="user" size={18} />
      </button>
      {open ? (
        <div class="panel" id="user-menu">
          <div class="who">
            <strong>{session.name}</strong>
            <div class="small quiet">
              {roleWords[session.role]} · {session.city.name}
            </div>
          </div>
          <div class="themes stack">
            <span class="small quiet">Colours</span>
            <Segmented label="Colours" value={theme.value} options={themeOptions} onChange={chooseTheme} />
          </div>
          <button type="button" class="item" onClick={onShortcuts}>
            <Icon name="keyboard" /> Keyboard shortcuts
          </button>
          <a class="item" href="/api/docs" target="_blank" rel="noreferrer">
            <Icon name="book" /> API documentation
          </a>
          <button type="button" class="item" onClick={() => void logOut()}>
            <Icon name="out" /> Log out
          </button>
        </div>
      ) : null}
    </div>
  )
}
