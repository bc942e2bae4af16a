import type { Message } from './message.ts'
import { type Parsed, readingsOr, readingsPerMessageMax, tooMany, type WireFault, type WireReading } from './parsed.ts'
import { senmlPlace } from './senml-names.ts'
import { ucumOf } from './senml-units.ts'
import { sourceNameLengthMax } from './source-name.ts'
import { checkValue, quoted } from './value.ts'

/** Whether there is a sensor `asset/quantity`; `undefined` where nobody can tell. */
export type KnowsSensor = (sensor: string) => boolean | undefined

// Characters. No registered unit has more than seven.
const unitLengthMax = 32

type Pack = readonly Readonly<Record<string, unknown>>[]

const bases = ['bn', 'bt', 'bu', 'bv', 'bs', 'bver'] as const
const ownLabels = ['n', 'v', 'vs', 'vb', 'vd', 's', ...bases] as const

// RFC 8428 section 4.4: a version above the one we know is not to be used.
const versionKnown = 10
// RFC 8428 section 4.5.3: smaller is relative to now, in seconds.
const relativeBelow = 2 ** 28
// Milliseconds. The end of the year 9999: beyond it is no instant.
const instantMax = 253_402_300_799_999

/**
 * Whether a list is a SenML pack rather than our own list of `{observedAt, values}`: some record has a SenML label, and
 * none has `values`, which no SenML record has and each of ours must have.
 */
export function isSenml(json: unknown): json is readonly unknown[] {
  if (!Array.isArray(json)) return false
  let found = false
  for (const record of json) {
    if (!isRecord(record)) continue
    if (Object.hasOwn(record, 'values')) return false
    found ||= ownLabels.some((label) => Object.hasOwn(record, label))
  }
  return found
}

/** A SenML pack in JSON, published for an asset. Records need not be in the order of their times. */
export function parseSenml(pack: readonly unknown[], message: Message, asset: string, knows: KnowsSensor): Parsed {
  if (pack.length > readingsPerMessageMax) return tooMany(pack.length)
  const unfit = packFault(pack)
  if (unfit !== undefined) return { kind: 'refused', ...unfit }
  const items: WireReading[] = []
  const faults: WireFault[] = []
  const names = new Map<string, string>()
  const base: Base = { name: '', time: 0, unit: undefined, value: undefined, sum: undefined }
  for (const [index, record] of (pack as Pack).entries()) {
    const fault = rebase(base, record) ?? resolve(base, record, { message, asset, knows, names }, items)
    if (fault !== undefined)
      faults.push(pack.length === 1 ? fault : { ...fault, detail: `record ${index + 1}: ${fault.detail}` })
    if (items.length + faults.length > readingsPerMessageMax) return tooMany(items.length + faults.length)
  }
  return readingsOr(items, faults, { reason: 'wrong-shape', detail: 'the SenML pack holds no values' })
}

/** What makes the whole pack unusable. */
function packFault(pack: readonly unknown[]): WireFault | undefined {
  let version: unknown
  for (const [index, record] of pack.entries()) {
    if (!isRecord(record)) return wrong(`record ${index + 1} of the SenML pack is no object`)
    const foreign = Object.keys(record).find((label) => label.endsWith('_'))
    // Section 4.4: what ends with an underscore must be understood.
    if (foreign !== undefined) return wrong(`SenML label ${quoted(foreign)} must be understood, and is not known here`)
    const given = record['bver']
    if (given === undefined) continue
    if (typeof given !== 'number' || !Number.isInteger(given) || given < 1)
      return wrong(`bver ${quoted(given)} is not a SenML version`)
    if (given > versionKnown) return wrong(`SenML version ${given} is not known: send bver ${versionKnown} or less`)
    if (version !== undefined && version !== given) return wrong('bver differs between records of one SenML pack')
    version = given
  }
  return undefined
}

/** Section 4.1: what applies to a record and to all after it, until it is given anew. */
type Base = {
  name: string
  time: number
  unit: string | undefined
  value: number | undefined
  sum: number | undefined
}

function rebase(base: Base, record: Readonly<Record<string, unknown>>): WireFault | undefined {
  const { bn, bt, bu, bv, bs } = record as Readonly<Record<'bn' | 'bt' | 'bu' | 'bv' | 'bs', unknown>>
  if (bn !== undefined && typeof bn !== 'string') return wrong(`bn ${quoted(bn)} is not a text`)
  if (bu !== undefined && typeof bu !== 'string') return wrong(`bu ${quoted(bu)} is not a text`)
  if (bn !== undefined) base.name = bn
  if (bu !== undefined) base.unit = bu
  for (const [label, given] of [
    ['bt', bt],
    ['bv', bv],
    ['bs', bs],
  ] as const) {
    if (given === undefined) continue
    const value = checkValue(given, label)
    if (typeof value !== 'number') return value
    if (label === 'bt') base.time = value
    else if (label === 'bv') base.value = value
    else base.sum = value
  }
  return undefined
}

type Circumstances = {
  readonly message: Message
  readonly asset: string
  readonly knows: KnowsSensor
  /** Under which name each sensor was given in this pack. */
  readonly names: Map<string, string>
}

/** Section 4.6: the record by itself, its bases filled in. */
function resolve(
  base: Base,
  record: Readonly<Record<string, unknown>>,
  { message, asset, knows, names }: Circumstances,
  items: WireReading[],
): WireFault | undefined {
  // A record of bases alone says nothing of its own.
  if (Object.keys(record).every((label) => (bases as readonly string[]).includes(label))) return undefined
  const { n, t, u, s } = record as Readonly<Record<'n' | 't' | 'u' | 's', unknown>>
  if (n !== undefined && typeof n !== 'string') return wrong(`n ${quoted(n)} is not a text`)
  if (u !== undefined && typeof u !== 'string') return wrong(`u ${quoted(u)} is not a text`)
  // A long base name would be repeated in front of each of many short ones.
  if (base.name.length + (n?.length ?? 0) > sourceNameLengthMax)
    return wrong(`SenML name ${quoted(base.name)} is too long: it has more than ${sourceNameLengthMax} characters`)
  const name = base.name + (n ?? '')
  const at = timeOf(t, base, message.receivedAt)
  if (typeof at !== 'number') return at
  const value = valueIn(record, base, name)
  if (typeof value === 'object') return value
  const sum = s === undefined ? undefined : checkValue(s, `s of ${quoted(name)}`)
  if (typeof sum === 'object') return sum
  if (value === undefined && sum === undefined && base.sum === undefined)
    return { reason: 'wrong-shape', detail: `${quoted(name)} has no value: expected v, vb or s` }
  const place = senmlPlace(name, { device: message.device, asset, knows })
  if (typeof place === 'object') return place
  const other = names.get(place)
  // `inlet/pressure` and `outlet/pressure`: one sensor cannot be both.
  if (other !== undefined && other !== name) return wrong(`${quoted(other)} and ${quoted(name)} both name ${place}`)
  names.set(place, name)
  const given = u ?? base.unit
  const unit = given !== undefined && given.length <= unitLengthMax ? given : undefined
  const about = { observedAt: at, ...(unit === undefined ? {} : { unit: ucumOf(unit) }) }
  if (value !== undefined) items.push({ sensor: place, value, ...about })
  if (sum === undefined && base.sum === undefined) return undefined
  // The sum is the value integrated over time: another quantity, in another unit, and never the sensor itself.
  const total = senmlPlace(`${name}/sum`, { device: message.device, asset, knows: () => false })
  if (typeof total === 'object') return total
  items.push({ sensor: total, value: (base.sum ?? 0) + (sum ?? 0), observedAt: at })
  return undefined
}

function timeOf(given: unknown, base: Base, receivedAt: number): number | WireFault {
  if (given !== undefined && (typeof given !== 'number' || !Number.isFinite(given)))
    return { reason: 'bad-time', detail: `t ${quoted(given)} is not a number of seconds` }
  const seconds = base.time + (given ?? 0)
  const at = Math.round(seconds < relativeBelow ? receivedAt + seconds * 1_000 : seconds * 1_000)
  if (at >= 0 && at <= instantMax) return at
  return {
    reason: 'bad-time',
    detail: `time ${seconds} is not a time: expected seconds since 1970, or less than 2^28 from now`,
  }
}

const valueLabels = ['v', 'vb', 'vs', 'vd'] as const

function valueIn(record: Readonly<Record<string, unknown>>, base: Base, name: string): number | undefined | WireFault {
  const given = valueLabels.filter((label) => record[label] !== undefined)
  if (given.length > 1) return wrong(`${quoted(name)} has both ${given.join(' and ')}: expected one value`)
  switch (given[0]) {
    case 'v': {
      const value = checkValue(record['v'], `v of ${quoted(name)}`)
      return typeof value === 'number' ? checkValue(value + (base.value ?? 0), `v of ${quoted(name)}`) : value
    }
    case 'vb':
      if (typeof record['vb'] === 'boolean') return record['vb'] ? 1 : 0
      return {
        reason: 'not-a-number',
        detail: `vb of ${quoted(name)} is ${quoted(record['vb'])}: expected true or false`,
      }
    case 'vs':
      return {
        reason: 'not-a-number',
        detail: `${quoted(name)} is a text (vs): only numbers (v) and booleans (vb) are kept`,
      }
    case 'vd':
      return {
        reason: 'not-a-number',
        detail: `${quoted(name)} is data (vd): only numbers (v) and booleans (vb) are kept`,
      }
    default:
      // Section 4.1: with a base value alone, the value is zero more than that.
      return record['s'] === undefined ? base.value : undefined
  }
}

function wrong(detail: string): WireFault {
  return { reason: 'wrong-shape', detail }
}

function isRecord(given: unknown): given is Readonly<Record<string, unknown>> {
  return typeof given === 'object' && given !== null && !Array.isArray(given)
}
