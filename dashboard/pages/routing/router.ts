import { computed, signal } from '@preact/signals'

/** Where the person is. The address holds everything that is worth sending to a colleague: filters, range, selection. */
const address = signal({ path: location.pathname, search: location.search })

export const path = computed(() => address.value.path)
export const query = computed(() => new URLSearchParams(address.value.search))
/** Path and query together, for coming back to after logging in. */
export const here = computed(() => address.value.path + address.value.search)

function read(): void {
  address.value = { path: location.pathname, search: location.search }
}

/** A new page starts at its top with its heading in focus; a new query on the same page leaves both alone. */
export function navigate(to: string, options: { replace?: boolean } = {}): void {
  const before = location.pathname
  if (to === location.pathname + location.search) return
  history[options.replace ? 'replaceState' : 'pushState'](null, '', to)
  read()
  if (location.pathname === before) return
  window.scrollTo(0, 0)
  requestAnimationFrame(() => document.querySelector<HTMLElement>('main h1')?.focus({ preventScroll: true }))
}

/** Changes some of the query; `undefined` and the empty text take a name out. */
export function setQuery(changes: Readonly<Record<string, string | undefined>>, options: { replace?: boolean } = {}) {
  const next = new URLSearchParams(address.peek().search)
  for (const [name, value] of Object.entries(changes))
    if (value === undefined || value === '') next.delete(name)
    else next.set(name, value)
  // Commas and colons are allowed in a query and far easier to read than their codes.
  const text = next.toString().replaceAll('%2C', ',').replaceAll('%3A', ':')
  navigate(address.peek().path + (text === '' ? '' : `?${text}`), options)
}

function ours(event: MouseEvent): HTMLAnchorElement | undefined {
  if (event.defaultPrevented || event.button !== 0) return undefined
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return undefined
  const link = event.target instanceof Element ? event.target.closest('a') : null
  if (!link || link.target || link.hasAttribute('download') || link.origin !== location.origin) return undefined
  return link.pathname.startsWith('/api/') || link.hash ? undefined : link
}

/** Plain `<a href>` everywhere: this turns those that stay within the pages into moves without a reload. */
export function startRouter(): void {
  window.addEventListener('popstate', read)
  document.addEventListener('click', (event) => {
    const link = ours(event)
    if (!link) return
    event.preventDefault()
    navigate(link.pathname + link.search)
  })
}
