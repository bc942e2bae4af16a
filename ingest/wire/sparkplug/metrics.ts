import type { Message } from '../message.ts'
import type { WireFault, WireReading } from '../parsed.ts'
import { sourceName } from '../source-name.ts'
import { checkValue, quoted } from '../value.ts'
import type { KnownMetric, Scope } from './node-memory.ts'
import { type Metric, numberOf, type Payload } from './payload.ts'

export type MetricsRead = {
  readonly items: readonly WireReading[]
  readonly faults: readonly WireFault[]
  /** Some metric was named by an alias that no birth certificate told. */
  readonly hasUnknownAlias: boolean
}

// Milliseconds: the end of the year 9999.
const instantMax = 253_402_300_799_999

/** Of the protocol itself, and no readings. */
function isControl(name: string): boolean {
  return name === 'bdSeq' || name.startsWith('Node Control/') || name.startsWith('Device Control/')
}

/** The readings of a birth or data message. `address` is `group/node` or `group/node/device`. */
export function readMetrics(
  { metrics, timestamp }: Payload,
  scope: Scope | undefined,
  address: string,
  message: Message,
  isBirth: boolean,
): MetricsRead {
  const items: WireReading[] = []
  const faults: WireFault[] = []
  const unknownAliases: number[] = []
  const texts: string[] = []
  for (const metric of metrics) {
    const known = knownOf(metric, scope)
    const name = metric.name || known?.name
    if (name === undefined) {
      if (metric.alias === undefined) faults.push(wrong('a metric has neither name nor alias'))
      else unknownAliases.push(metric.alias)
      continue
    }
    // Null says that there is no value now; transient, that it is not to be stored.
    if (isControl(name) || metric.isNull || metric.isTransient) continue
    const value = valueIn(metric, name, known, texts)
    if (value === undefined) continue
    const observedAt = timeOf(metric.timestamp, timestamp, message.receivedAt, name)
    const sensor = sourceName('sparkplug', address, name)
    if (typeof value !== 'number') faults.push(value)
    else if (typeof observedAt !== 'number') faults.push(observedAt)
    else if (typeof sensor !== 'string') faults.push(sensor)
    else {
      const unit = metric.unit ?? known?.unit
      items.push(unit === undefined ? { sensor, value, observedAt } : { sensor, value, observedAt, unit })
    }
  }
  if (unknownAliases.length > 0) faults.push(notBorn(unknownAliases, address))
  // A birth certificate names makes and models; elsewhere, texts alone are worth a word.
  if (!isBirth && items.length === 0 && faults.length === 0 && texts.length > 0)
    faults.push({ reason: 'not-a-number', detail: `the message holds only texts (${texts.slice(0, 3).join(', ')})` })
  return { items, faults, hasUnknownAlias: unknownAliases.length > 0 }
}

function knownOf({ name, alias }: Metric, scope: Scope | undefined): KnownMetric | undefined {
  if (alias !== undefined) return scope?.byAlias.get(alias)
  return name === undefined ? undefined : scope?.byName.get(name)
}

/** `undefined`: it is a text, which is passed over. */
function valueIn(
  metric: Metric,
  name: string,
  known: KnownMetric | undefined,
  texts: string[],
): number | undefined | WireFault {
  const { value, dataType } = metric
  if (value === undefined) return wrong(`metric ${quoted(name)} has no value, and is not said to be null`)
  switch (value.kind) {
    case 'text':
    case 'bytes':
      texts.push(quoted(name))
      return undefined
    case 'dataset':
    case 'template':
    case 'extension':
      return wrong(`metric ${quoted(name)} is a ${value.kind}: only single values are kept, send its parts as metrics`)
    case 'integer':
    case 'number':
    case 'boolean':
      return checkValue(numberOf(value, dataType || known?.dataType), quoted(name))
  }
}

function timeOf(
  metricAt: number | undefined,
  payloadAt: number | undefined,
  receivedAt: number,
  name: string,
): number | WireFault {
  const at = metricAt || payloadAt || receivedAt
  if (at <= instantMax) return at
  return {
    reason: 'bad-time',
    detail: `timestamp ${at} of ${quoted(name)} is not a time: expected milliseconds since 1970`,
  }
}

function notBorn(aliases: readonly number[], address: string): WireFault {
  const shown = aliases.slice(0, 3).join(', ')
  const more = aliases.length > 3 ? ` and ${aliases.length - 3} more` : ''
  return {
    reason: 'not-born',
    detail: `no birth certificate of ${address} has told what alias ${shown}${more} means: a rebirth is asked for`,
  }
}

function wrong(detail: string): WireFault {
  return { reason: 'wrong-shape', detail }
}
