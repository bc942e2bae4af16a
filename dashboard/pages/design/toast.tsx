import { signal } from '@preact/signals'
import type { JSX } from 'preact'
import { asProblem } from '../data/problem.ts'
import { Icon } from './icon.tsx'

type Toast = { readonly id: number; readonly kind: 'done' | 'failed'; readonly title: string; readonly detail: string }

const toasts = signal<readonly Toast[]>([])
// Long enough to read two lines twice. A failure stays until it is closed.
const doneForMs = 6_000
const toastsMax = 3
let lastId = 0

function dismiss(id: number): void {
  toasts.value = toasts.value.filter((toast) => toast.id !== id)
}

function show(kind: Toast['kind'], title: string, detail: string): void {
  lastId += 1
  const id = lastId
  toasts.value = [...toasts.value, { id, kind, title, detail }].slice(-toastsMax)
  if (kind === 'done') setTimeout(() => dismiss(id), doneForMs)
}

export function toastDone(title: string, detail = ''): void {
  show('done', title, detail)
}

export function toastFailed(error: unknown): void {
  const problem = asProblem(error)
  show('failed', problem.title, problem.detail)
}

export function Toasts(): JSX.Element {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.value.map((toast) => (
        <div class="toast" key={toast.id}>
          <Icon name={toast.kind === 'done' ? 'check' : 'warning'} class={`toast-icon ${toast.kind}`} />
          <div>
            <strong>{toast.title}</strong>
            {toast.detail ? <p class="soft small">{toast.detail}</p> : null}
          </div>
          <button type="button" class="button plain icon small" aria-label="Dismiss" onClick={() => dismiss(toast.id)}>
            <Icon name="close" size={14} />
          </button>
        </div>
      ))}
    </div>
  )
}
