import type { KeptSegment, KeptSensor } from '../alarm-book.ts'
import { Segment } from './segment.ts'
import type { SensorWatch } from './sensor-watch.ts'
import { carryOver, type SilenceStanding } from './silence.ts'
import { begunAnew, rejudge, type WatchList } from './watch-list.ts'

/** From a sensor's watch to rows and back. Numbers are copied: the watch goes on while the rows are written. */
export function sensorRow(watch: SensorWatch): KeptSensor {
  const { history } = watch
  return {
    sensor: watch.id,
    layout_json: watch.plan.layout,
    live: bytesOf(watch.live),
    newest_at: watch.newestAt,
    heard_at: watch.heardAt,
    gone_through: Number.isFinite(history.goneThrough) ? history.goneThrough : null,
    silences_json: JSON.stringify(watch.silences.map(silenceEntry)),
  }
}

export function segmentRow(watch: SensorWatch, segment: Segment): KeptSegment {
  return {
    sensor: watch.id,
    number: segment.number,
    first_at: segment.at(0),
    readings: segment.count,
    numbers: bytesOf(segment.numbers),
  }
}

type SilenceEntry = SilenceStanding & { readonly rule: string; readonly version: string }

function silenceEntry({
  rule,
  state,
  level,
  since,
  startedAt,
  measuredMs,
  rhythmMs,
  heard,
}: SensorWatch['silences'][number]): SilenceEntry {
  return { rule: rule.id, version: rule.version, state, level, since, startedAt, measuredMs, rhythmMs, heard }
}

/** A watch as its rows describe it, under the rules of today, which `fresh` has. */
export function watchFromRows(
  list: WatchList,
  fresh: SensorWatch,
  row: KeptSensor,
  rows: readonly KeptSegment[],
): SensorWatch {
  const { sensor, plan, id, isJoint } = fresh
  if (isJoint && row.layout_json !== plan.layout)
    return begunAnew(
      fresh,
      rows.map(({ number }) => number),
    )
  const segments = rows.map((each) => Segment.from(each.number, each.readings, numbersOf(each.numbers)))
  const history = list.history(segments)
  history.goneThrough = row.gone_through ?? Number.NEGATIVE_INFINITY
  const watch = list.freshWatch(sensor, plan, history, isJoint ? id : undefined)
  watch.newestAt = row.newest_at
  watch.heardAt = row.heard_at
  const kept = JSON.parse(row.silences_json) as SilenceEntry[]
  for (const silence of watch.silences) {
    const old = kept.find(({ rule, version }) => rule === silence.rule.id && version === silence.rule.version)
    if (old === undefined) continue
    // JSON has no NaN: none is null there.
    const { startedAt, measuredMs, rhythmMs, heard } = old
    const none = Number.NaN
    carryOver(
      {
        ...old,
        startedAt: startedAt ?? none,
        measuredMs: measuredMs ?? none,
        rhythmMs: rhythmMs ?? none,
        heard: heard ?? 0,
      },
      silence,
    )
  }
  watch.noteSilences()
  if (row.layout_json === plan.layout) watch.live = numbersOf(row.live)
  else rejudge(watch, row.layout_json)
  return watch
}

function bytesOf(numbers: Float64Array): Uint8Array {
  return new Uint8Array(numbers.buffer.slice(numbers.byteOffset, numbers.byteOffset + numbers.byteLength))
}

/** Copied, because a blob's bytes need not lie where a Float64Array may begin. libsql gives an ArrayBuffer, others views. */
export function numbersOf(bytes: Uint8Array): Float64Array {
  return new Float64Array(new Uint8Array(bytes).slice().buffer)
}
