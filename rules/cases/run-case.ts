import type { AssetClass, Instant, SensorId } from '../../city/index.ts'
import type { Reading } from '../../ingest/index.ts'
import type { Alarm } from '../alarm.ts'
import { RuleEngine } from '../engine/engine.ts'
import { forgetfulBook } from '../forgetful-book.ts'
import type { Rule } from '../rule.ts'
import type { Case, CaseExpectation, CaseFailure, CaseReading } from './case.ts'
import { caseCity } from './case-city.ts'

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined }

/** Plays a case on an engine of its own and tells what was otherwise than expected. */
export function runCase(played: Case, rules: readonly Rule[], classes: readonly AssetClass[]): CaseFailure[] {
  const inForce = played.rules === undefined ? rules : rules.filter(({ id }) => played.rules?.includes(id))
  const engine = new RuleEngine({
    registry: caseCity(played.assets, classes, played.surroundings),
    rules: inForce,
    states: forgetfulBook,
    log: quiet,
  })
  const { beginsAt } = played.surroundings
  const arriving = [...played.readings].sort(
    (left, right) => left.arrivesMs - right.arrivesMs || left.observedMs - right.observedMs,
  )
  const expectations = [...played.expect].sort((left, right) => left.atMs - right.atMs)
  const endMs = expectations.at(-1)?.atMs ?? 0
  const failures: CaseFailure[] = []
  let next = 0
  for (let atMs = 0; atMs <= endMs; atMs += played.stepMs) {
    const from = next
    while ((arriving[next]?.arrivesMs ?? Number.POSITIVE_INFINITY) <= atMs) next++
    if (next > from)
      engine.judge(
        arriving.slice(from, next).map((reading) => toReading(reading, beginsAt)),
        beginsAt + atMs,
      )
    engine.tick(beginsAt + atMs)
    for (let due = expectations[0]; due !== undefined && due.atMs < atMs + played.stepMs; due = expectations[0]) {
      expectations.shift()
      failures.push(...compare(due, engine, played.assets.length > 1))
    }
  }
  return failures
}

function toReading({ sensor, observedMs, arrivesMs, value, quality }: CaseReading, beginsAt: Instant): Reading {
  return {
    sensor: sensor as SensorId,
    observedAt: beginsAt + observedMs,
    receivedAt: beginsAt + arrivesMs,
    value,
    quality,
  }
}

function compare(expected: CaseExpectation, engine: RuleEngine, severalAssets: boolean): CaseFailure[] {
  const alarms = engine.alarms()
  const named = (chosen: typeof alarms) => chosen.map((alarm) => (severalAssets ? alarm.id : alarm.rule.id)).sort()
  const found = {
    pending: named(alarms.filter(({ state }) => state === 'pending')),
    firing: named(alarms.filter(({ state }) => state === 'firing')),
    recovering: named(alarms.filter(({ state }) => state === 'recovering')),
    action: named(
      alarms.filter(({ state, level }) => (state === 'firing' || state === 'recovering') && level === 'action'),
    ),
    hidden: named(alarms.filter(({ hiddenBy }) => hiddenBy !== undefined)),
    tickets: [String(ticketsFor(alarms))],
  }
  const states = ['pending', 'firing', 'recovering', 'action', 'hidden', 'tickets'] as const
  return states.flatMap((state) => {
    const wanted = state === 'tickets' ? expected.tickets?.toString().split(' ') : expected[state]
    if (wanted === undefined || [...wanted].sort().join() === found[state].join()) return []
    return [{ atMs: expected.atMs, state, expected: wanted, found: found[state] }]
  })
}

/** One an asset and failure mode, as long as an alarm about it fires or has not recovered yet. */
function ticketsFor(alarms: readonly Alarm[]): number {
  const active = alarms.filter(
    ({ state, hiddenBy }) => (state === 'firing' || state === 'recovering') && hiddenBy === undefined,
  )
  return new Set(active.map(({ asset, rule }) => `${asset} ${rule.failureMode}`)).size
}
