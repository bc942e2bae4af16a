import type { ComponentChildren, JSX } from 'preact'
import type { ApiProblem } from '../data/problem.ts'
import type { Resource } from '../data/resource.ts'
import { Icon, type IconName } from './icon.tsx'

/** An empty place says what will be here and how to get it. */
export function Empty(props: {
  icon?: IconName
  title: string
  children?: ComponentChildren
  action?: ComponentChildren
}): JSX.Element {
  return (
    <div class="empty">
      {props.icon ? <Icon name={props.icon} size={24} class="empty-icon" /> : null}
      <strong>{props.title}</strong>
      {props.children ? <p>{props.children}</p> : null}
      {props.action}
    </div>
  )
}

/** What happened, and what to do next: what is not there will not be there at the second try. */
export function Failure({ problem, retry }: { problem: ApiProblem; retry?: () => void }): JSX.Element {
  return (
    <div class="notice red" role="alert">
      <Icon name="warning" />
      <strong>{problem.title}</strong>
      <p class="soft">{problem.detail}</p>
      {problem.faults.length > 0 ? (
        <ul class="soft">
          {problem.faults.map((fault) => (
            <li key={fault.path}>{fault.message}</li>
          ))}
        </ul>
      ) : null}
      {retry && problem.status !== 404 ? (
        <div>
          <button type="button" class="button small" onClick={retry}>
            Try again
          </button>
        </div>
      ) : null}
    </div>
  )
}

export function Skeleton({ width = '100%', height = '1em' }: { width?: string; height?: string }): JSX.Element {
  return <span class="skeleton" style={{ width, height }} aria-hidden="true" />
}

/** Rows of a table or list that is on its way, of the size it will have. */
export function SkeletonRows({ rows, height = '44px' }: { rows: number; height?: string }): JSX.Element {
  return (
    <div class="stack" aria-hidden="true">
      {Array.from({ length: rows }, (_, index) => (
        <Skeleton key={index} height={height} />
      ))}
    </div>
  )
}

/** Shows data once there is any, and above it what went wrong since. */
export function Show<T>(props: {
  of: Resource<T>
  retry: () => void
  waiting: ComponentChildren
  children: (data: T) => ComponentChildren
}): JSX.Element {
  const { data, problem } = props.of
  return (
    <>
      {problem ? <Failure problem={problem} retry={props.retry} /> : null}
      {data === undefined ? (problem ? null : props.waiting) : props.children(data)}
    </>
  )
}

export function Crumbs({ trail }: { trail: readonly { href: string; text: string }[] }): JSX.Element {
  return (
    <nav class="crumbs no-print" aria-label="You are here">
      <ol>
        {trail.map((step) => (
          <li key={step.href}>
            <a href={step.href}>{step.text}</a>
          </li>
        ))}
      </ol>
    </nav>
  )
}
