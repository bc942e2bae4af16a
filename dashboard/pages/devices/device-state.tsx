import type { JSX } from 'preact'
import type { DeviceView } from '../data/types.ts'
import { Icon } from '../design/icon.tsx'
import { Badge } from '../design/shape.tsx'
import { Age, Moment } from '../design/when.tsx'
import type { Look } from '../words/states.ts'
import { plural } from '../words/units.ts'

const looks: Readonly<Record<'connected' | 'away' | 'revoked', Look>> = {
  connected: { word: 'Connected', shape: 'dot', tone: 'green' },
  away: { word: 'Not connected', shape: 'ring-gap', tone: 'none' },
  revoked: { word: 'Revoked', shape: 'cross', tone: 'none' },
}

const lookOf = (device: DeviceView): Look =>
  device.revokedAt ? looks.revoked : device.connected ? looks.connected : looks.away

// Names of those that are gone; the list of all is in the API.
const goneShownMax = 3

/** Those that it speaks for: how many are there, and which are gone since when. */
function Behind({ device: { behind } }: { device: DeviceView }): JSX.Element | null {
  if (behind.length === 0) return null
  const gone = behind.filter(({ online }) => !online)
  const more = gone.length - goneShownMax
  return (
    <span class={`device-note ${gone.length > 0 ? 'amber' : 'quiet'}`}>
      {gone.length > 0 ? <Icon name="devices" size={14} /> : null} {behind.length - gone.length} of {behind.length}{' '}
      behind it online
      {gone.slice(0, goneShownMax).map(({ name, since }, index) => (
        <span key={name}>
          {index > 0 ? ', ' : '; gone: '}
          <span class="mono">{name}</span> <Age at={since} />
        </span>
      ))}
      {more > 0 ? ` and ${more} more` : ''}
    </span>
  )
}

/** Whether it is there, and what about it asks for a look: a clock that is off, log-ins that were refused. */
export function DeviceState({ device }: { device: DeviceView }): JSX.Element {
  const { clock, refusedLogins, heardAt, connectionChangedAt, status } = device
  return (
    <>
      <Badge look={lookOf(device)} bare />
      {connectionChangedAt && !device.revokedAt ? (
        <span class="quiet small">
          {' '}
          since <Moment at={connectionChangedAt} />
        </span>
      ) : null}
      {status ? (
        <span class="device-note quiet">
          says “{status.text}”, <Age at={status.at} />
        </span>
      ) : null}
      <Behind device={device} />
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
