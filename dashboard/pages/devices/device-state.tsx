import type { JSX } from 'preact'
import type { DeviceView } from '../data/types.ts'
import { Icon } from '../design/icon.tsx'
import { Badge } from '../design/shape.tsx'
import { Age } from '../design/when.tsx'
import type { Look } from '../words/states.ts'
import { plural } from '../words/units.ts'

const looks: Readonly<Record<'connected' | 'away' | 'revoked', Look>> = {
  connected: { word: 'Connected', shape: 'dot', tone: 'green' },
  away: { word: 'Not connected', shape: 'ring-gap', tone: 'none' },
  revoked: { word: 'Revoked', shape: 'cross', tone: 'none' },
}

const lookOf = (device: DeviceView): Look =>
  device.revokedAt ? looks.revoked : device.connected ? looks.connected : looks.away

/** Whether it is there, and what about it asks for a look: a clock that is off, log-ins that were refused. */
export function DeviceState({ device }: { device: DeviceView }): JSX.Element {
  const { clock, refusedLogins, heardAt } = device
  return (
    <>
      <Badge look={lookOf(device)} bare />
      {heardAt ? (
        <span class="device-note quiet">
          heard <Age at={heardAt} />
        </span>
      ) : null}
      {clock?.flagged ? (
        <span class="device-note amber">
          <Icon name="clock" size={14} /> {clock.reason}
        </span>
      ) : null}
      {refusedLogins ? (
        <span class="device-note amber" title={`last from ${refusedLogins.address}`}>
          <Icon name="key" size={14} /> {plural(refusedLogins.count, 'log-in')} refused: {refusedLogins.reason},{' '}
          <Age at={refusedLogins.lastAt} />
        </span>
      ) : null}
    </>
  )
}
