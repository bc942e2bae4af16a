import type {
  AlarmView,
  AssetState,
  IncidentSummary,
  LatestValue,
  Role,
  ServiceWindowView,
  TicketActionName,
  TicketSummary,
  TicketView,
} from '../data/types.ts'

/** The colours a state may have; red only where a person is needed now. */
export type Tone = 'red' | 'amber' | 'green' | 'accent' | 'none'
/** The shapes of `design/shape.tsx`: a state is told apart without its colour. */
export type ShapeName =
  | 'dot'
  | 'ring-gap'
  | 'triangle'
  | 'octagon'
  | 'ring'
  | 'ring-check'
  | 'half'
  | 'pause'
  | 'three-quarter'
  | 'pulse'
  | 'disc-check'
  | 'cross'
  | 'bars-1'
  | 'bars-2'
  | 'bars-3'
  | 'bars-4'
export type Look = { readonly word: string; readonly shape: ShapeName; readonly tone: Tone }

export const assetLooks: Readonly<Record<AssetState, Look>> = {
  action: { word: 'Action', shape: 'octagon', tone: 'red' },
  warning: { word: 'Warning', shape: 'triangle', tone: 'amber' },
  silent: { word: 'Silent', shape: 'ring-gap', tone: 'none' },
  normal: { word: 'Normal', shape: 'dot', tone: 'none' },
}

/** Worst first: the order of lists and of drawing. */
export const assetStateOrder: readonly AssetState[] = ['action', 'warning', 'silent', 'normal']

type TicketState = TicketSummary['state']
export const ticketLooks: Readonly<Record<TicketState, Look>> = {
  open: { word: 'Open', shape: 'ring', tone: 'accent' },
  acknowledged: { word: 'Acknowledged', shape: 'ring-check', tone: 'accent' },
  'in-progress': { word: 'In progress', shape: 'half', tone: 'accent' },
  'on-hold': { word: 'On hold', shape: 'pause', tone: 'amber' },
  'work-done': { word: 'Work done', shape: 'three-quarter', tone: 'accent' },
  verifying: { word: 'Verifying', shape: 'pulse', tone: 'accent' },
  closed: { word: 'Closed', shape: 'disc-check', tone: 'green' },
  cancelled: { word: 'Cancelled', shape: 'cross', tone: 'none' },
}
export const openTicketStates: readonly TicketState[] = [
  'open',
  'acknowledged',
  'in-progress',
  'on-hold',
  'work-done',
  'verifying',
]

type Band = TicketSummary['priority']['band']
export const bandLooks: Readonly<Record<Band, Look>> = {
  urgent: { word: 'Urgent', shape: 'bars-4', tone: 'red' },
  high: { word: 'High', shape: 'bars-3', tone: 'amber' },
  medium: { word: 'Medium', shape: 'bars-2', tone: 'none' },
  low: { word: 'Low', shape: 'bars-1', tone: 'none' },
}
export const bands: readonly Band[] = ['urgent', 'high', 'medium', 'low']

export function alarmLook(alarm: Pick<AlarmView, 'state' | 'level' | 'hiddenBy'> & { error?: string | null }): Look {
  if (alarm.state === 'inactive' && alarm.error) return { word: 'Not judged', shape: 'cross', tone: 'amber' }
  if (alarm.state === 'inactive') return { word: 'Inactive', shape: 'dot', tone: 'none' }
  const shape = alarm.level === 'action' ? 'octagon' : 'triangle'
  if (alarm.state === 'pending') return { word: 'Pending', shape: 'ring', tone: 'none' }
  if (alarm.state === 'recovering') return { word: 'Recovering', shape: 'pulse', tone: 'none' }
  const tone = alarm.hiddenBy ? 'none' : alarm.level === 'action' ? 'red' : 'amber'
  return { word: alarm.level === 'action' ? 'Action' : 'Warning', shape, tone }
}

export const hidingWords: Readonly<Record<NonNullable<AlarmView['hiddenBy']>['kind'], string>> = {
  shelved: 'Shelved',
  suppressed: 'Suppressed by its parent',
  'out-of-service': 'Out of service',
}

export const incidentLooks: Readonly<Record<IncidentSummary['state'], Look>> = {
  open: { word: 'Going on', shape: 'triangle', tone: 'amber' },
  over: { word: 'Over', shape: 'ring-check', tone: 'green' },
  merged: { word: 'Part of another', shape: 'ring', tone: 'none' },
}

export const windowLooks: Readonly<Record<ServiceWindowView['kind'], Look>> = {
  'out of service': { word: 'Out of service', shape: 'ring-gap', tone: 'none' },
  maintenance: { word: 'Maintenance', shape: 'pause', tone: 'accent' },
  'crew on site': { word: 'Crew on site', shape: 'half', tone: 'accent' },
}

/** Doubt about a value, as a short clause after it. */
export const qualityWords: Readonly<Record<LatestValue['quality'], string>> = {
  good: 'good',
  'out-of-range': 'outside what is physically possible',
  stuck: 'has not moved; the sensor may be stuck',
  spike: 'a single spike',
  stale: 'stale',
  'clock-skew': "the device's clock is wrong",
  late: 'arrived late',
}

export const holdWords: Readonly<Record<NonNullable<TicketView['holdReason']>, string>> = {
  parts: 'Parts are on order',
  access: 'No access to the site',
  weather: 'Weather',
  safety: 'Not safe to work',
  'other-agency': 'Another agency must act first',
}

export const closingWords: Readonly<Record<NonNullable<TicketView['closing']>, string>> = {
  verified: 'Verified by its own readings',
  unverified: 'Closed without proof from readings',
  'no-fault-found': 'No fault found',
}

export const verdictWords: Readonly<Record<NonNullable<TicketView['verdict']>, string>> = {
  true: 'Yes, and in time',
  'too-late': 'Yes, but too late',
  false: 'No, there was no trouble',
}

/** The same as a remark on the ticket. */
export const verdictSays: Readonly<Record<NonNullable<TicketView['verdict']>, string>> = {
  true: 'Warning was right',
  'too-late': 'Warning came too late',
  false: 'Warning was false',
}

export const actionWords: Readonly<Record<TicketActionName, string>> = {
  acknowledge: 'Acknowledge',
  assign: 'Assign',
  start: 'Start work',
  hold: 'Put on hold',
  resume: 'Resume work',
  finish: 'Finish work',
  close: 'Close',
  cancel: 'Cancel ticket',
  reopen: 'Reopen',
  judge: 'Was it right?',
  comment: 'Comment',
}

export const criticalityWords: readonly string[] = [
  '',
  'Nobody notices for a week',
  'A few people are inconvenienced',
  'A street notices',
  'A district notices',
  'People are harmed or a district is without service',
]

export const roleWords: Readonly<Record<Role, string>> = {
  admin: 'Administrator',
  engineer: 'Engineer',
  crew: 'Crew',
  viewer: 'Viewer',
}
