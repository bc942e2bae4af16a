import type { JSX } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { post } from '../data/client.ts'
import { type ApiProblem, asProblem } from '../data/problem.ts'
import { session, sessionEnded } from '../data/session.ts'
import type { Session } from '../data/types.ts'
import { Field } from '../design/field.tsx'
import { Icon } from '../design/icon.tsx'
import { navigate, query } from '../routing/router.ts'
import { Mark } from '../shell/mark.tsx'
import './login.css'

/** Only a place within these pages: a link from elsewhere must not lead on to elsewhere. */
function wayBack(): string {
  const next = query.peek().get('next') ?? '/'
  return next.startsWith('/') && !next.startsWith('//') && !next.startsWith('/login') ? next : '/'
}

function useLogin() {
  const [problem, setProblem] = useState<ApiProblem>()
  const [busy, setBusy] = useState(false)
  const logIn = async (user: string, password: string): Promise<boolean> => {
    setBusy(true)
    setProblem(undefined)
    try {
      session.value = await post<Session>('/api/v1/login', { user, password })
      sessionEnded.value = false
      navigate(wayBack(), { replace: true })
      return true
    } catch (error) {
      setProblem(asProblem(error))
      return false
    } finally {
      setBusy(false)
    }
  }
  return { problem, busy, logIn }
}

export function LoginPage(): JSX.Element {
  const { problem, busy, logIn } = useLogin()
  const [shown, setShown] = useState(false)
  const form = useRef<HTMLFormElement>(null)

  useEffect(() => {
    document.title = 'Log in · Lengthsman'
    if (session.peek()) navigate(wayBack(), { replace: true })
  }, [])

  const onSubmit = (event: Event) => {
    event.preventDefault()
    const entries = new FormData(form.current ?? undefined)
    const password = form.current?.elements.namedItem('password')
    void logIn(String(entries.get('user') ?? ''), String(entries.get('password') ?? '')).then((done) => {
      if (!done && password instanceof HTMLInputElement) password.select()
    })
  }

  return (
    <main class="login" id="content">
      <div class="login-frame">
        <div class="login-head">
          <Mark size={40} />
          <h1 tabIndex={-1}>Lengthsman</h1>
          <p class="soft">What the city's sensors say, and the work that follows from it.</p>
        </div>
        <form class="card login-card" ref={form} onSubmit={onSubmit}>
          {sessionEnded.value && !problem ? (
            <div class="notice accent">
              <Icon name="clock" />
              <p>Your session has ended. Log in to go on where you were.</p>
            </div>
          ) : null}
          {problem ? (
            <div class="notice red" role="alert">
              <Icon name="warning" />
              <strong>{problem.title}</strong>
              <p class="soft">{problem.detail}</p>
            </div>
          ) : null}
          <Field label="User">
            {(wiring) => (
              <input {...wiring} class="input" name="user" autocomplete="username" autocapitalize="none" required />
            )}
          </Field>
          <Field label="Password">
            {(wiring) => (
              <div class="password">
                <input
                  {...wiring}
                  class="input"
                  name="password"
                  {...(shown ? { type: 'text' as const } : { type: 'password' as const })}
                  autocomplete="current-password"
                  required
                />
                <button type="button" class="button plain small" aria-pressed={shown} onClick={() => setShown(!shown)}>
                  {shown ? 'Hide' : 'Show'}
                  <span class="visually-hidden"> password</span>
                </button>
              </div>
            )}
          </Field>
          <button class="button primary" type="submit" aria-busy={busy} disabled={busy}>
            {busy ? 'Logging in…' : 'Log in'}
          </button>
        </form>
        <p class="small quiet login-foot">
          First start? The administrator's password was printed where the program runs.
        </p>
      </div>
    </main>
  )
}
