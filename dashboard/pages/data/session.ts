import { computed, signal } from '@preact/signals'
import type { Role, Session } from './types.ts'

/** Who is logged in: `undefined` while asking, `null` when nobody is. */
export const session = signal<Session | null | undefined>(undefined)

/** The city's time zone; the browser's own until the session says. */
export const timeZone = computed(() => session.value?.city.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone)

/** The session ended against the person's will: said so on the login page. */
export const sessionEnded = signal(false)

export function forgetSession(): void {
  sessionEnded.value = true
  session.value = null
}

const abilities = {
  /** Acknowledge and shelve alarms, raise tickets. */
  operate: ['admin', 'engineer'],
  /** Do the work of a ticket. */
  work: ['admin', 'engineer', 'crew'],
  /** See devices, their quarantine, and change them. */
  devices: ['admin', 'engineer'],
} as const satisfies Record<string, readonly Role[]>

/** What the pages offer. The server decides again; this only avoids buttons that would be refused. */
export function may(ability: keyof typeof abilities): boolean {
  const role = session.value?.role
  const allowed: readonly Role[] = abilities[ability]
  return role !== undefined && allowed.includes(role)
}
