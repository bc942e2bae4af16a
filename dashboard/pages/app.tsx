import type { ComponentType, JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { get } from './data/client.ts'
import { type ApiProblem, asProblem } from './data/problem.ts'
import { session } from './data/session.ts'
import type { Session } from './data/types.ts'
import { Empty, Failure, SkeletonRows } from './design/states.tsx'
import { LoginPage } from './login/login-page.tsx'
import { match } from './routing/match.ts'
import { here, navigate, path } from './routing/router.ts'
import { Shell } from './shell/shell.tsx'

type Page = ComponentType<{ parameters: Readonly<Record<string, string>> }>

/** Pages in the order they are tried. Each is loaded when it is first needed. */
const routes: readonly (readonly [pattern: string, load: () => Promise<Page>])[] = [
  ['/', async () => (await import('./overview/overview-page.tsx')).OverviewPage],
  ['/assets', async () => (await import('./assets/assets-page.tsx')).AssetsPage],
  ['/assets/:id', async () => (await import('./asset/asset-page.tsx')).AssetPage],
  ['/tickets', async () => (await import('./tickets/tickets-page.tsx')).TicketsPage],
  ['/tickets/:number', async () => (await import('./ticket/ticket-page.tsx')).TicketPage],
  ['/alarms', async () => (await import('./alarms/alarms-page.tsx')).AlarmsPage],
  ['/incidents/:number', async () => (await import('./incidents/incident-page.tsx')).IncidentPage],
  ['/rules', async () => (await import('./rules/rules-page.tsx')).RulesPage],
  ['/rules/:id', async () => (await import('./rule/rule-page.tsx')).RulePage],
  ['/devices', async () => (await import('./devices/devices-page.tsx')).DevicesPage],
]

const loaded = new Map<string, Page>()

function Missing(): JSX.Element {
  return (
    <main class="page" id="content">
      <h1 tabIndex={-1} class="visually-hidden">
        Not found
      </h1>
      <Empty
        icon="search"
        title="There is no page at this address"
        action={
          <a class="button" href="/">
            Go to the overview
          </a>
        }
      >
        The link may be old, or a letter may be missing.
      </Empty>
    </main>
  )
}

function Waiting(): JSX.Element {
  return (
    <main class="page" id="content" aria-busy="true">
      <SkeletonRows rows={3} height="96px" />
    </main>
  )
}

function Route(): JSX.Element {
  const [, redraw] = useState(0)
  const [problem, setProblem] = useState<ApiProblem>()
  const at = path.value
  const found = routes
    .map(([pattern, load]) => ({ pattern, load, parameters: match(pattern, at) }))
    .find((route) => route.parameters)

  useEffect(() => {
    if (!found || loaded.has(found.pattern)) return
    found
      .load()
      .then((page) => {
        loaded.set(found.pattern, page)
        setProblem(undefined)
        redraw((count) => count + 1)
      })
      .catch((error) => setProblem(asProblem(error)))
  }, [found?.pattern])

  if (!found?.parameters) return <Missing />
  const Page = loaded.get(found.pattern)
  if (Page) return <Page key={at} parameters={found.parameters} />
  if (problem)
    return (
      <main class="page" id="content">
        <Failure problem={problem} retry={() => location.reload()} />
      </main>
    )
  return <Waiting />
}

/** Asks who is logged in; everything else waits for the answer. */
export function App(): JSX.Element {
  const [problem, setProblem] = useState<ApiProblem>()
  const ask = () => {
    setProblem(undefined)
    get<Session>('/api/v1/session')
      .then((answer) => {
        session.value = answer
      })
      .catch((error) => {
        const said = asProblem(error)
        if (said.status === 401) session.value = null
        else setProblem(said)
      })
  }
  useEffect(ask, [])

  const somebody = session.value
  useEffect(() => {
    if (somebody === null && path.peek() !== '/login')
      navigate(here.peek() === '/' ? '/login' : `/login?next=${encodeURIComponent(here.peek())}`, { replace: true })
  }, [somebody])

  if (problem)
    return (
      <main class="page narrow" id="content">
        <Failure problem={problem} retry={ask} />
      </main>
    )
  if (somebody === undefined) return <div class="page" aria-busy="true" />
  if (somebody === null) return <LoginPage />
  if (path.value === '/login') return <LoginPage />
  return (
    <Shell session={somebody}>
      <Route />
    </Shell>
  )
}
