import { effect, type Signal, signal, untracked } from '@preact/signals'
import { get, getAll } from './client.ts'
import { generation } from './generation.ts'
import { asProblem } from './problem.ts'
import type { Resource } from './resource.ts'
import { session } from './session.ts'
import { onStream, streamOpened } from './stream.ts'
import type { AssetSummary, ClassView, CrewView, TicketSummary } from './types.ts'

/**
 * What every page needs of the town: its assets and open tickets, fetched once a session and kept true by the stream; its
 * classes and crews, which hardly ever change.
 */
type Town<T> = Resource<readonly T[]>
const waiting = { data: undefined, problem: undefined, loading: true }

export const assets = signal<Town<AssetSummary>>(waiting)
export const openTickets = signal<Town<TicketSummary>>(waiting)
export const classes = signal<readonly ClassView[]>([])
export const crews = signal<readonly CrewView[]>([])

const finished: readonly TicketSummary['state'][] = ['closed', 'cancelled']

async function fill<T>(store: Signal<Town<T>>, load: () => Promise<readonly T[]>): Promise<void> {
  store.value = { ...store.peek(), loading: true }
  await streamOpened()
  try {
    store.value = { data: await load(), problem: undefined, loading: false }
  } catch (error) {
    store.value = { data: store.peek().data, problem: asProblem(error), loading: false }
  }
}

export function reloadAssets(): Promise<void> {
  return fill(assets, () => getAll<AssetSummary>('/api/v1/assets?limit=1000'))
}

export function reloadTickets(): Promise<void> {
  return fill(openTickets, () => getAll<TicketSummary>('/api/v1/tickets?unfinished=true&limit=500'))
}

async function reloadNames(): Promise<void> {
  try {
    const [kinds, people] = await Promise.all([
      get<{ items: readonly ClassView[] }>('/api/v1/classes'),
      get<{ items: readonly CrewView[] }>('/api/v1/crews'),
    ])
    classes.value = kinds.items
    crews.value = people.items
  } catch {
    // Filters then offer what the assets themselves say; the pages' own fetches report the trouble.
  }
}

function changeAsset(change: { id: string; state: AssetSummary['state']; openTickets: number }): void {
  const { data } = assets.peek()
  const index = data?.findIndex((asset) => asset.id === change.id) ?? -1
  const before = data?.[index]
  if (!data || !before) return
  if (before.state === change.state && before.openTickets === change.openTickets) return
  assets.value = {
    ...assets.peek(),
    data: data.with(index, { ...before, state: change.state, openTickets: change.openTickets }),
  }
}

/** A ticket that an action or the stream brought: put in its place, or taken out when it is finished. */
export function changeTicket(ticket: TicketSummary): void {
  const { data } = openTickets.peek()
  if (!data) return
  const others = data.filter((other) => other.number !== ticket.number)
  openTickets.value = {
    ...openTickets.peek(),
    data: finished.includes(ticket.state) ? others : [...others, ticket],
  }
}

export function startTown(): void {
  onStream('asset', changeAsset)
  onStream('ticket', changeTicket)
  effect(() => {
    const user = session.value?.user
    generation.value
    if (user === undefined) return
    untracked(() => {
      void reloadAssets()
      void reloadTickets()
      if (classes.peek().length === 0) void reloadNames()
    })
  })
}

export function asset(id: string): AssetSummary | undefined {
  return assets.value.data?.find((each) => each.id === id)
}

export function className(id: string): string {
  return classes.value.find((each) => each.id === id)?.title ?? id
}
