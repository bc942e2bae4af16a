import type { ComponentChildren, JSX } from 'preact'
import { now } from '../data/clock.ts'
import { session } from '../data/session.ts'
import { rates } from '../data/stream.ts'
import { Shape } from '../design/shape.tsx'
import { Age } from '../design/when.tsx'
import { formatCount, formatNumber } from '../words/units.ts'

function Item({ label, children }: { label: string; children: ComponentChildren }): JSX.Element {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  )
}

/** The pulse of the town in one line. Each figure keeps its place and width whatever its value. */
export function RatesStrip(): JSX.Element {
  const now_ = rates.value
  const figure = (value: number | undefined, decimals = 0) =>
    value === undefined ? '–' : formatNumber(value, decimals)
  const firing = now_?.alarmsFiring ?? 0
  return (
    <dl class="rates">
      <Item label="Readings a second">
        {figure(now_?.readingsPerSecond, (now_?.readingsPerSecond ?? 0) < 10 ? 1 : 0)}
      </Item>
      <Item label="Devices connected">{figure(now_?.devicesConnected)}</Item>
      <Item label="Sensors">{figure(now_?.sensorsKnown)}</Item>
      <Item label="Alarms firing">
        {firing > 0 ? <Shape look={{ shape: 'triangle', tone: 'amber' }} size={15} /> : null}
        {figure(now_?.alarmsFiring)}
      </Item>
      <Item label="Readings kept">{now_ ? formatCount(now_.readingsTotal) : '–'}</Item>
      <Item label="Refused">{now_ ? formatCount(now_.refusedTotal) : '–'}</Item>
      <Item label="Last update">{now_ ? <Age at={Math.min(Date.parse(now_.at), now.value)} fixed /> : '–'}</Item>
      {session.value?.demo ? (
        <div class="demo-note">
          <dt>Demonstration</dt>
          <dd>The town and its readings are simulated.</dd>
        </div>
      ) : null}
    </dl>
  )
}
