import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as breathe } from 'node:timers/promises'
import { pino } from 'pino'
import {
  type AssetId,
  type DurationMs,
  generateTown,
  type Instant,
  openDatabase,
  Registry,
  type Sensor,
  type Town,
} from '../../city/index.ts'
import { qualityOf, type Reading } from '../../ingest/index.ts'
import { type AlarmEvent, forgetfulBook, type Rule, RuleEngine } from '../../rules/index.ts'
import { type Fault, Reporter, type Row, type SensorTrouble, World } from '../../simulators/index.ts'
import { type Ticket, Tickets } from '../../tickets/index.ts'
import { allMigrations } from '../migrations.ts'
import { OnSite } from '../on-site.ts'
import { Breakage } from './breakage.ts'
import { Crews } from './crews.ts'
import { Deliveries } from './deliveries.ts'

const minuteMs: DurationMs = 60_000
const dayMs: DurationMs = 86_400_000
// Silence is looked for this often; live it is every second, and no rule is that exact about it.
const tickEveryMs = 5 * minuteMs
// Repairs are looked after this often; live it is every two seconds.
const verifyEveryMs = 10 * minuteMs

export type PlayOptions = {
  readonly seed: number
  /** What the rules and detectors may learn from before anything breaks. */
  readonly warmUpDays: number
  readonly days: number
  /** From a ticket to the end of the work. */
  readonly crewHours: number
  /** Only so many of each class report, which is faster; all when absent. */
  readonly assetsPerClass?: number | undefined
  /** The rules in force, for the classes of the town. */
  readonly rules: (registry: Registry) => readonly Rule[]
  readonly onProgress?: (done: number) => void
}

/** A new ticket, one more reason on one that was open, or one that came back: by an alarm, or as its repair was judged. */
export type Call = {
  readonly kind: 'opened' | 'updated' | 'relapsed'
  readonly ticket: number
  readonly asset: AssetId
  readonly failureMode: string
  readonly at: Instant
  /** Event time since when the alarm says that the trouble was there. */
  readonly startedAt: Instant
  readonly sensor: string
  readonly rule: string
  readonly reason: string
}

/** A town's scored time: what was said, and what was true. */
export type Played = {
  readonly seed: number
  readonly fromAt: Instant
  readonly untilAt: Instant
  readonly assets: readonly { readonly id: AssetId; readonly class: string }[]
  readonly calls: readonly Call[]
  readonly faults: readonly Fault[]
  readonly troubles: readonly SensorTrouble[]
  readonly readings: number
}

/** A year has seasons, and a seed begins somewhere in it. */
function beginningOf(seed: number): Instant {
  return Date.UTC(2026, 0, 1) + ((seed * 97) % 365) * dayMs
}

/** Plays a town that breaks, through the product's own quality, rules and tickets, faster than its clock. */
export async function play(options: PlayOptions): Promise<Played> {
  const folder = mkdtempSync(join(tmpdir(), 'lengthsman-score-'))
  const database = await openDatabase(join(folder, 'score.db'), allMigrations)
  try {
    const clock = { at: beginningOf(options.seed) }
    const whole = generateTown(options.seed)
    const town = { ...whole, devices: reporting(whole, options.assetsPerClass ?? Number.POSITIVE_INFINITY) }
    const { devices: _devices, ...city } = whole
    const registry = await Registry.open(database, () => clock.at)
    await registry.importCity(city)
    const log = pino({ level: 'silent' })
    const engine = new RuleEngine({ registry, rules: options.rules(registry), states: forgetfulBook, log })
    const tickets = await Tickets.open({ database, registry, evidence: async () => [], log })

    const fromAt = clock.at + options.warmUpDays * dayMs
    const untilAt = fromAt + options.days * dayMs
    const breakage = new Breakage(town, options.seed, { fromAt, untilAt })
    const world = new World(town, { seed: options.seed, faults: breakage.faults, from: clock.at })
    const reporter = new Reporter(town, world, breakage.troubles, options.seed)
    const deliveries = new Deliveries(town, reporter, options.seed)
    const onSite = new OnSite(engine, (error) => {
      throw error
    })
    tickets.onChange((ticket, entry) => onSite.follow(ticket, entry))
    const crews = new Crews(tickets, breakage, options.crewHours * 3_600_000)
    const reopened: { readonly ticket: Ticket; readonly why: string }[] = []
    tickets.onChange((ticket, { action, note }) => {
      if (action === 'relapse') reopened.push({ ticket, why: note ?? '' })
    })
    const sensors = new Map<string, Sensor>(registry.sensors().map((sensor) => [sensor.id, sensor]))
    const newestAt = new Map<string, Instant>()
    const calls: Call[] = []
    let readings = 0

    const follow = async (events: readonly AlarmEvent[], at: Instant) => {
      for (const event of events) {
        const decision = await tickets.consider(event, at)
        if (decision.kind === 'left' || event.alarm.state !== 'firing') continue
        calls.push(callOf(event, decision, at))
        if (decision.kind !== 'updated') crews.called(decision.ticket, at)
      }
    }

    const heard = new Set(town.devices.flatMap(({ assets }) => assets))
    const startAt = clock.at
    for (let minuteAt = startAt; minuteAt < untilAt; minuteAt += minuteMs) {
      breakage.advance(minuteAt)
      const at = minuteAt + minuteMs
      clock.at = at
      const batch = readingsIn(deliveries.arriveIn(minuteAt), sensors, at)
      readings += batch.length
      for (const { sensor, observedAt, quality } of batch)
        if (quality !== 'clock-skew' && observedAt > (newestAt.get(sensor) ?? 0)) newestAt.set(sensor, observedAt)
      await follow(engine.judge(batch, at), at)
      if (minuteAt % tickEveryMs === 0) await follow(engine.tick(at), at)
      await crews.work(at)
      await onSite.settled()
      if (minuteAt % verifyEveryMs !== 0) continue
      reopened.length = 0
      await tickets.verify(
        (asset) => engine.alarmsOf(asset),
        (sensor) => newestAt.get(sensor),
        at,
      )
      for (const { ticket, why } of reopened) {
        calls.push(callOfReopened(ticket, why, at))
        crews.called(ticket, at)
      }
      options.onProgress?.((minuteAt - startAt) / (untilAt - startAt))
      await breathe()
    }
    engine.close()
    return {
      seed: options.seed,
      fromAt,
      untilAt,
      assets: town.assets
        .filter(({ id }) => heard.has(id))
        .map(({ id, class: assetClass }) => ({ id, class: assetClass })),
      calls,
      faults: breakage.faults.faults(),
      troubles: breakage.troubles.troubles(),
      readings,
    }
  } finally {
    await database.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The devices, each with those of its assets that are among the first so many of their class. */
function reporting({ assets, devices }: Town, perClass: number): Town['devices'] {
  const counts = new Map<string, number>()
  const heard = new Set<AssetId>()
  for (const { id, class: assetClass } of assets) {
    const count = (counts.get(assetClass) ?? 0) + 1
    counts.set(assetClass, count)
    if (count <= perClass) heard.add(id)
  }
  return devices.map((device) => ({ ...device, assets: device.assets.filter((asset) => heard.has(asset)) }))
}

function readingsIn(rows: readonly Row[], sensors: ReadonlyMap<string, Sensor>, receivedAt: Instant): Reading[] {
  const readings: Reading[] = []
  for (const { asset, observedAt, values } of rows)
    for (const quantity in values) {
      const sensor = sensors.get(`${asset}/${quantity}`)
      const value = values[quantity]
      if (sensor === undefined || value === undefined) continue
      const quality = qualityOf(observedAt, value, undefined, sensor, receivedAt)
      readings.push({ sensor: sensor.id, observedAt, receivedAt, value, quality })
    }
  return readings
}

function callOf(
  { alarm, at: eventAt, reason }: AlarmEvent,
  decision: { readonly kind: Call['kind']; readonly ticket: { readonly number: number } },
  at: Instant,
): Call {
  return {
    kind: decision.kind,
    ticket: decision.ticket.number,
    asset: alarm.asset,
    failureMode: alarm.rule.failureMode,
    at,
    startedAt: alarm.startedAt ?? eventAt,
    sensor: alarm.sensor,
    rule: alarm.rule.id,
    reason,
  }
}

function callOfReopened({ number, asset, failureMode, cause, startedAt }: Ticket, why: string, at: Instant): Call {
  return {
    kind: 'relapsed',
    ticket: number,
    asset,
    failureMode,
    at,
    startedAt,
    sensor: cause?.sensor ?? '',
    rule: cause?.rule ?? '',
    reason: why,
  }
}
