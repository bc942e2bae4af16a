import type { ComponentChildren, JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { may } from '../data/session.ts'
import { openTickets } from '../data/town.ts'
import type { Session } from '../data/types.ts'
import { Icon, type IconName } from '../design/icon.tsx'
import { Toasts } from '../design/toast.tsx'
import { path } from '../routing/router.ts'
import { Jump } from './jump.tsx'
import { LiveState } from './live-state.tsx'
import { Mark } from './mark.tsx'
import './shell.css'
import { ShortcutList, useShortcuts } from './shortcuts.tsx'
import { UserMenu } from './user-menu.tsx'

type Place = { href: string; text: string; icon: IconName; count?: number | undefined }

function places(): readonly Place[] {
  const always: Place[] = [
    { href: '/', text: 'Overview', icon: 'overview' },
    { href: '/tickets', text: 'Tickets', icon: 'tickets', count: openTickets.value.data?.length },
    { href: '/alarms', text: 'Alarms', icon: 'bell' },
    { href: '/assets', text: 'Assets', icon: 'assets' },
    { href: '/rules', text: 'Rules', icon: 'book' },
  ]
  return may('devices') ? [...always, { href: '/devices', text: 'Devices', icon: 'devices' }] : always
}

function isAt(href: string): boolean {
  if (href === '/alarms' && path.value.startsWith('/incidents/')) return true
  return href === '/' ? path.value === '/' : path.value === href || path.value.startsWith(`${href}/`)
}

function Places({ label }: { label: string }): JSX.Element {
  return (
    <nav aria-label={label} class="places">
      <ul>
        {places().map((place) => (
          <li key={place.href}>
            <a href={place.href} aria-current={isAt(place.href) ? 'page' : undefined}>
              <Icon name={place.icon} size={18} />
              <span>{place.text}</span>
              {place.count ? (
                <span class="count">
                  {place.count}
                  <span class="visually-hidden"> open</span>
                </span>
              ) : null}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  )
}

/** The frame around every page: where one is, where one can go, and whether what is shown is live. */
export function Shell({ session, children }: { session: Session; children: ComponentChildren }): JSX.Element {
  const [open, setOpen] = useState<'jump' | 'shortcuts'>()
  useShortcuts({ jump: () => setOpen('jump'), list: () => setOpen('shortcuts') })
  const at = path.value
  useEffect(() => setOpen(undefined), [at])

  return (
    <>
      <a class="skip-link" href="#content">
        Skip to the content
      </a>
      <header class="top-bar">
        <a href="/" class="brand">
          <Mark />
          <span class="brand-name">
            <strong>Lengthsman</strong>
            <span class="quiet truncate">{session.city.name}</span>
            <span class="visually-hidden">overview</span>
          </span>
        </a>
        <Places label="Main" />
        <div class="bar-end">
          <button type="button" class="find" onClick={() => setOpen('jump')} aria-label="Find an asset or ticket">
            <Icon name="search" />
            <span>Find…</span>
            <kbd>/</kbd>
          </button>
          <LiveState />
          <UserMenu session={session} onShortcuts={() => setOpen('shortcuts')} />
        </div>
      </header>
      {children}
      <div class="bottom-bar">
        <Places label="Main, at the bottom" />
      </div>
      {open === 'jump' ? <Jump onClose={() => setOpen(undefined)} /> : null}
      {open === 'shortcuts' ? <ShortcutList onClose={() => setOpen(undefined)} /> : null}
      <Toasts />
    </>
  )
}
