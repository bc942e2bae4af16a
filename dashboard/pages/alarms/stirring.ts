import type { AlarmView } from '../data/types.ts'

export const alarmViews = ['calling', 'pending', 'hidden', 'all'] as const
export type AlarmsShown = (typeof alarmViews)[number]

export type AlarmFilter = { readonly shown: AlarmsShown; readonly class: string | undefined; readonly text: string }

/** What the address asks for. */
export function alarmFilter(query: URLSearchParams): AlarmFilter {
  return {
    shown: alarmViews.find((each) => each === query.get('show')) ?? 'calling',
    class: query.get('class') ?? undefined,
    text: query.get('q')?.trim().toLowerCase() ?? '',
  }
}

/** Whether it belongs on the page at all: something holds, somebody hid it, or its rule failed. */
export function stirs({ state, hiddenBy, error }: AlarmView): boolean {
  return state !== 'inactive' || hiddenBy !== null || error !== null
}

export function isShown(alarm: AlarmView, shown: AlarmsShown): boolean {
  if (shown === 'all') return true
  if (shown === 'hidden') return alarm.hiddenBy !== null
  if (alarm.hiddenBy !== null) return false
  return shown === 'pending' ? alarm.state === 'pending' : alarm.state !== 'pending'
}

const states: readonly AlarmView['state'][] = ['firing', 'recovering', 'pending', 'inactive']

/** Worst first, then the newest. */
export function byWeight(one: AlarmView, other: AlarmView): number {
  return (
    states.indexOf(one.state) - states.indexOf(other.state) ||
    (one.level ?? 'z').localeCompare(other.level ?? 'z') ||
    other.since.localeCompare(one.since) ||
    one.id.localeCompare(other.id)
  )
}

export type HiddenGroup = {
  readonly key: string
  readonly hiding: NonNullable<AlarmView['hiddenBy']>
  readonly alarms: readonly AlarmView[]
}

/** Hidden alarms by what hides them: a thousand behind one gateway are one line. */
export function hiddenGroups(alarms: readonly AlarmView[]): readonly HiddenGroup[] {
  const groups = new Map<string, { hiding: NonNullable<AlarmView['hiddenBy']>; alarms: AlarmView[] }>()
  for (const alarm of alarms) {
    const { hiddenBy } = alarm
    if (hiddenBy === null) continue
    const key = `${hiddenBy.kind} ${hiddenBy.parent ?? hiddenBy.window ?? `${hiddenBy.by} ${hiddenBy.reason}`}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { hiding: hiddenBy, alarms: [alarm] })
    else group.alarms.push(alarm)
  }
  return [...groups]
    .map(([key, group]) => ({ key, ...group }))
    .sort((one, other) => other.alarms.length - one.alarms.length || one.key.localeCompare(other.key))
}
