import { signal } from '@preact/signals'

export const themes = ['system', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

const storageKey = 'lengthsman.theme'
const chosen = document.documentElement.dataset['theme']

export const theme = signal<Theme>(chosen === 'light' || chosen === 'dark' ? chosen : 'system')
/** Counts changes of the colours on show, chosen or the system's: a canvas must be drawn anew. */
export const themeVersion = signal(0)

export function chooseTheme(next: Theme): void {
  theme.value = next
  if (next === 'system') delete document.documentElement.dataset['theme']
  else document.documentElement.dataset['theme'] = next
  try {
    if (next === 'system') localStorage.removeItem(storageKey)
    else localStorage.setItem(storageKey, next)
  } catch {
    // Storage may be forbidden: the choice then lasts as long as the page.
  }
  themeVersion.value += 1
}

export function startTheme(): void {
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    themeVersion.value += 1
  })
}
