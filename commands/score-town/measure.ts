import type { AssetId, DurationMs, Instant } from '../../city/index.ts'
import { type Fault, type SensorTrouble, severityAt } from '../../simulators/index.ts'
import type { Call, Played } from './play.ts'

/** Below this share of the damage there is nothing for a crew to find: whoever calls it then has guessed. */
const tooEarlySeverity = 0.02
/** Of the development time: less lead than this is too late to act on. */
const lateShare = 0.1
/** Readings that were on their way when it was mended may still raise something. */
const graceMs: DurationMs = 30 * 60_000

/** What became of one developing fault whose failure lies in the scored time. */
export type FaultOutcome = {
  readonly fault: Fault
  readonly class: string
  /** The first call about its asset that named its failure mode, or any failure mode of the asset. */
  readonly namedAt: Instant | undefined
  readonly calledAt: Instant | undefined
  readonly rule: string | undefined
  readonly takenForSensor: boolean
  readonly leadMs: DurationMs | undefined
  /** Lead as a share of the development time. */
  readonly leadShare: number | undefined
  readonly verdict: 'in time' | 'late' | 'too late' | 'premature' | 'missed'
}

/** What became of one sensor trouble. */
export type TroubleOutcome = {
  readonly trouble: SensorTrouble
  readonly verdict: 'named' | 'taken for the asset' | 'unnoticed'
  readonly afterMs: DurationMs | undefined
  readonly rule: string | undefined
}

/** A call that nothing stood behind. */
export type FalseCall = {
  readonly call: Call
  readonly class: string
  readonly because: 'nothing there' | 'sensor trouble' | 'asset fault' | 'mended before' | 'too early'
}

export type Measured = {
  readonly seed: number
  readonly days: number
  readonly assetYears: number
  readonly readings: number
  readonly assets: readonly { readonly id: AssetId; readonly class: string }[]
  readonly faults: readonly FaultOutcome[]
  readonly troubles: readonly TroubleOutcome[]
  readonly falseCalls: readonly FalseCall[]
  /** Tickets opened in the scored time, and those that came back. */
  readonly tickets: number
}

const dayMs = 86_400_000
const timeToShowMs = 3 * dayMs

/** Holds what was said against what was true. */
export function measure(played: Played): Measured {
  const { fromAt, untilAt, faults, troubles } = played
  const classOf = new Map(played.assets.map((asset) => [asset.id, asset.class]))
  const calls = played.calls.filter(({ at }) => at >= fromAt)
  const byAsset = new Map<AssetId, Call[]>()
  for (const call of calls) byAsset.set(call.asset, [...(byAsset.get(call.asset) ?? []), call])
  const days = (untilAt - fromAt) / dayMs
  return {
    seed: played.seed,
    days,
    assetYears: (played.assets.length * days) / 365.25,
    readings: played.readings,
    assets: played.assets,
    faults: faults
      .filter(({ functionalFailureAt }) => functionalFailureAt < untilAt)
      .map((fault) => outcomeOf(fault, classOf.get(fault.asset) ?? '', byAsset.get(fault.asset) ?? [])),
    // What a crew mends on the way, or the end cuts off, before it could show says nothing.
    troubles: devicesOnce(troubles)
      .filter(({ fromAt: began }) => began < untilAt - timeToShowMs)
      .map((trouble) => troubleOutcome(trouble, byAsset.get(assetOf(trouble)) ?? []))
      .filter(({ trouble, verdict }) => verdict !== 'unnoticed' || lasted(trouble) >= timeToShowMs),
    falseCalls: calls
      .filter(({ kind }) => kind !== 'updated')
      .flatMap((call) => {
        const because = falseBecause(call, played)
        return because === undefined ? [] : [{ call, class: classOf.get(call.asset) ?? '', because }]
      }),
    tickets: calls.filter(({ kind }) => kind !== 'updated').length,
  }
}

function outcomeOf(fault: Fault, assetClass: string, calls: readonly Call[]): FaultOutcome {
  const { onsetAt, functionalFailureAt, repairedAt } = fault
  const during = calls.filter(({ at }) => at >= onsetAt && at <= (repairedAt ?? Number.POSITIVE_INFINITY) + graceMs)
  const about = during.filter(({ failureMode }) => failureMode !== 'sensor-fault')
  const named = about.find(({ failureMode }) => failureMode === fault.failureMode)
  const first = about[0]
  const leadMs = named === undefined ? undefined : functionalFailureAt - named.at
  const leadShare = leadMs === undefined ? undefined : leadMs / (functionalFailureAt - onsetAt)
  return {
    fault,
    class: assetClass,
    namedAt: named?.at,
    calledAt: first?.at,
    rule: named?.rule,
    takenForSensor: about.length === 0 && during.length > 0,
    leadMs,
    leadShare,
    verdict: verdictOf(fault, named, leadShare),
  }
}

function verdictOf(fault: Fault, named: Call | undefined, leadShare: number | undefined): FaultOutcome['verdict'] {
  if (named === undefined || leadShare === undefined) return 'missed'
  if (leadShare <= 0) return 'too late'
  if (severityAt({ ...fault, repairedAt: Number.POSITIVE_INFINITY }, named.at) < tooEarlySeverity) return 'premature'
  return leadShare < lateShare ? 'late' : 'in time'
}

function troubleOutcome(trouble: SensorTrouble, calls: readonly Call[]): TroubleOutcome {
  const over = (trouble.repairedAt ?? trouble.toAt) + graceMs
  const during = calls.filter(({ at }) => at >= trouble.fromAt && at <= over)
  const isItsOwn = ({ sensor }: Call) => trouble.kind === 'clock-skew' || sensor === trouble.sensor
  const named = during.find((call) => call.failureMode === 'sensor-fault' && isItsOwn(call))
  const mistaken = during.find((call) => call.failureMode !== 'sensor-fault' && isItsOwn(call))
  const call = mistaken !== undefined && mistaken.at < (named?.at ?? Number.POSITIVE_INFINITY) ? mistaken : named
  const verdict = call === undefined ? 'unnoticed' : call === named ? 'named' : 'taken for the asset'
  return { trouble, verdict, afterMs: call && call.at - trouble.fromAt, rule: call?.rule }
}

/** Why a call was false; `undefined` when it was true. */
function falseBecause(call: Call, { faults, troubles }: Played): FalseCall['because'] | undefined {
  const isOpen = (fromAt: Instant, overAt: Instant) => fromAt <= call.at && call.at <= overAt + graceMs
  const faulty = faults.filter(
    ({ asset, onsetAt, repairedAt }) => asset === call.asset && isOpen(onsetAt, repairedAt ?? Number.POSITIVE_INFINITY),
  )
  const troubled = troubles.filter(
    (trouble) => assetOf(trouble) === call.asset && isOpen(trouble.fromAt, trouble.repairedAt ?? trouble.toAt),
  )
  if (call.failureMode === 'sensor-fault') {
    if (troubled.length > 0) return undefined
    if (faulty.length > 0) return 'asset fault'
  } else if (faulty.length > 0) {
    const isThere = faulty.some(
      (fault) => severityAt({ ...fault, repairedAt: Number.POSITIVE_INFINITY }, call.at) >= tooEarlySeverity,
    )
    return isThere ? undefined : 'too early'
  } else if (troubled.length > 0) return 'sensor trouble'
  const isMended = faults.some(
    ({ asset, repairedAt }) =>
      asset === call.asset && repairedAt !== undefined && call.at - repairedAt < 7 * dayMs && repairedAt < call.at,
  )
  const isSensorMended = troubles.some(
    (trouble) =>
      assetOf(trouble) === call.asset &&
      (trouble.repairedAt ?? trouble.toAt) < call.at &&
      call.at - (trouble.repairedAt ?? trouble.toAt) < 7 * dayMs,
  )
  return isMended || isSensorMended ? 'mended before' : 'nothing there'
}

function lasted({ fromAt, toAt, repairedAt }: SensorTrouble): DurationMs {
  return (repairedAt ?? toAt) - fromAt
}

function assetOf({ sensor }: SensorTrouble): AssetId {
  return sensor.slice(0, sensor.indexOf('/'))
}

/** The wrong clock of a device is listed for each of its sensors, and is one trouble. */
function devicesOnce(troubles: readonly SensorTrouble[]): readonly SensorTrouble[] {
  const seen = new Set<string>()
  return troubles.filter((trouble) => {
    if (trouble.kind !== 'clock-skew') return true
    const key = `${assetOf(trouble)} ${trouble.fromAt}`
    return seen.has(key) ? false : seen.add(key) !== undefined
  })
}
