import type { IncidentMemberView, IncidentView } from '../data/types.ts'

export type Happening = { readonly at: string; readonly text: string; readonly kind: 'began' | 'told' | 'over' }

/** What happened, in the order in which it did. Alarms of one minute are one line: of a thousand the first is named. */
export function timelineOf(incident: IncidentView): readonly Happening[] {
  const happenings = [
    ...byMinute(incident.members, (member) => member.at, 'began'),
    ...byMinute(incident.members, (member) => member.overAt, 'over'),
    { at: incident.openedAt, text: `Recognised as one incident`, kind: 'told' as const },
  ]
  if (incident.overAt !== null)
    happenings.push({ at: incident.overAt, text: 'Every alarm in it is over', kind: 'over' })
  const order = ['began', 'told', 'over']
  return happenings.sort(
    (one, other) => one.at.localeCompare(other.at) || order.indexOf(one.kind) - order.indexOf(other.kind),
  )
}

function byMinute(
  members: readonly IncidentMemberView[],
  atOf: (member: IncidentMemberView) => string | null,
  kind: 'began' | 'over',
): Happening[] {
  const minutes = new Map<string, { at: string; members: IncidentMemberView[] }>()
  for (const member of members) {
    const at = atOf(member)
    if (at === null) continue
    const minute = at.slice(0, 16)
    const known = minutes.get(minute)
    if (known === undefined) minutes.set(minute, { at, members: [member] })
    else known.members.push(member)
  }
  return [...minutes.values()].map(({ at, members: some }) => {
    const [first] = some
    const name = `${first?.assetName}: ${first?.ruleTitle}`
    const others = some.length - 1
    const rest = others === 0 ? '' : ` and ${others} more`
    return { at, kind, text: kind === 'began' ? `${name}${rest}` : `Over: ${name}${rest}` }
  })
}
