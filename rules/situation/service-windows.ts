import { type AssetId, type DurationMs, type Instant, Refusal, type RelationKind } from '../../city/index.ts'
import {
  endOf,
  faultOfWindow,
  isOpenAt,
  onSiteMs,
  outOfServiceMsDefault,
  type ServiceWindow,
  type WindowReach,
} from './service-window.ts'
import type { Topology } from './topology.ts'

/** Where windows are kept. */
export type WindowBook = { putWindow(window: ServiceWindow): Promise<void> }

/** A planned window, as somebody asks for it. */
export type WindowDraft = {
  readonly assets: readonly AssetId[]
  readonly reach: WindowReach
  readonly from: Instant
  readonly until: Instant
  readonly reason: string
}

// More at once than this is a program gone wrong, and each is asked for every alarm.
const openWindowsMax = 10_000
/** A late reading from within a window is judged as of then: windows are remembered as long as readings may be late. */
const rememberedMs: DurationMs = 2 * 86_400_000

const relationsOf: Readonly<Record<WindowReach, readonly RelationKind[]>> = {
  asset: [],
  parts: ['part of'],
  dependents: ['part of', 'fed by', 'reports through'],
}

type Held = { window: ServiceWindow; covered: ReadonlySet<AssetId>; coveredOf: unknown; begun: boolean }

/** Every time in which somebody has said that alarms of an asset need call nobody. */
export class ServiceWindows {
  readonly #topology: Topology
  readonly #book: WindowBook
  readonly #held = new Map<string, Held>()

  constructor(topology: Topology, book: WindowBook) {
    this.#topology = topology
    this.#book = book
  }

  restore(windows: readonly ServiceWindow[]): void {
    this.#held.clear()
    for (const window of windows) this.#hold(window)
  }

  get isEmpty(): boolean {
    return this.#held.size === 0
  }

  /** All that are not over, in the order in which they begin. */
  list(at: Instant): readonly ServiceWindow[] {
    return [...this.#held.values()]
      .map(({ window }) => window)
      .filter((window) => endOf(window) > at)
      .sort((one, other) => one.from - other.from || (one.id < other.id ? -1 : 1))
  }

  find(id: string): ServiceWindow | undefined {
    return this.#held.get(id)?.window
  }

  /** The window that hides this alarm at that moment: of several the one that lasts longest. */
  of(asset: AssetId, alarm: string, at: Instant): ServiceWindow | undefined {
    let found: ServiceWindow | undefined
    for (const held of this.#held.values()) {
      const { window } = held
      if (!isOpenAt(window, at)) continue
      const isMeant = window.alarm === undefined ? this.#coveredBy(held).has(asset) : window.alarm === alarm
      if (isMeant && (found === undefined || endOf(window) > endOf(found))) found = window
    }
    return found
  }

  /** Alarms that are out of service by themselves. */
  alarmsOut(at: Instant): readonly string[] {
    const ids: string[] = []
    for (const { window } of this.#held.values())
      if (window.alarm !== undefined && isOpenAt(window, at)) ids.push(window.alarm)
    return ids
  }

  /** The window that an asset as a whole is in now. */
  ofAsset(asset: AssetId, at: Instant): ServiceWindow | undefined {
    return this.of(asset, '', at)
  }

  /** The assets that a window reaches. */
  coveredBy(window: ServiceWindow): ReadonlySet<AssetId> {
    return this.reached(window.assets, window.reach)
  }

  reached(assets: readonly AssetId[], reach: WindowReach): ReadonlySet<AssetId> {
    return this.#topology.withDependents(assets, relationsOf[reach])
  }

  /** Windows that have begun since this was last asked. */
  begun(at: Instant): readonly ServiceWindow[] {
    const fresh: ServiceWindow[] = []
    for (const [id, held] of this.#held) {
      if (endOf(held.window) < at - rememberedMs) this.#held.delete(id)
      if (held.begun || !isOpenAt(held.window, at)) continue
      held.begun = true
      fresh.push(held.window)
    }
    return fresh
  }

  /** Switches an asset off, or one alarm of it, until then. @throws Refusal WINDOW_INVALID */
  async takeOut(
    what: { readonly asset: AssetId; readonly alarm?: string },
    given: { readonly reason: string; readonly by: string; readonly until: Instant | undefined },
    at: Instant,
  ): Promise<ServiceWindow> {
    const { asset, alarm } = what
    await this.putBack(what, given.by, at)
    return this.#put(
      {
        id: this.#freshId('out-of-service', at),
        kind: 'out of service',
        assets: alarm === undefined ? [asset] : [],
        alarm,
        reach: 'asset',
        reason: given.reason,
        by: given.by,
        from: at,
        until: given.until ?? at + outOfServiceMsDefault,
        ticket: undefined,
        createdAt: at,
        ended: undefined,
      },
      at,
    )
  }

  /** Ends what `takeOut` began; `undefined` when there was nothing to end. */
  putBack({ asset, alarm }: { readonly asset: AssetId; readonly alarm?: string }, by: string, at: Instant) {
    return this.#endThat(
      (window) =>
        window.kind === 'out of service' &&
        window.alarm === alarm &&
        (alarm !== undefined || window.assets.includes(asset)),
      by,
      at,
    )
  }

  /** @throws Refusal WINDOW_INVALID */
  plan(draft: WindowDraft, by: string, at: Instant): Promise<ServiceWindow> {
    return this.#put({ ...draft, ...this.#planned(this.#freshId('maintenance', at), at), by }, at)
  }

  /** @throws Refusal WINDOW_INVALID; `undefined` when there is no such window that could still be changed. */
  async replan(id: string, draft: WindowDraft, by: string, at: Instant): Promise<ServiceWindow | undefined> {
    const before = this.find(id)
    if (before?.kind !== 'maintenance' || endOf(before) <= at) return undefined
    return this.#put({ ...before, ...draft, by }, at)
  }

  /** A crew has begun to work on the asset. One that is there already stays as long as it would have. */
  async onSite(asset: AssetId, ticket: number, by: string, at: Instant): Promise<ServiceWindow> {
    const there = this.#openOne((window) => window.ticket === ticket, at)
    if (there !== undefined) return there
    return this.#put(
      {
        ...this.#planned(this.#freshId('on-site', at), at),
        kind: 'crew on site',
        assets: [asset],
        reach: 'parts',
        reason: 'work in progress',
        by,
        from: at,
        until: at + onSiteMs,
        ticket,
      },
      at,
    )
  }

  /** Whether the crew of a ticket has been written down as on site since then, whatever became of it. */
  wasOnSiteSince(ticket: number, at: Instant): boolean {
    for (const { window } of this.#held.values()) if (window.ticket === ticket && window.createdAt >= at) return true
    return false
  }

  /** The crew of a ticket has left. */
  offSite(ticket: number, by: string, at: Instant): Promise<ServiceWindow | undefined> {
    return this.#endThat((window) => window.ticket === ticket, by, at)
  }

  /** Ends a window now; one that has not begun is called off. `undefined` when it is over or was never there. */
  async end(id: string, by: string, at: Instant): Promise<ServiceWindow | undefined> {
    const before = this.find(id)
    if (before === undefined || endOf(before) <= at) return undefined
    const ended = { ...before, ended: { at, by } }
    await this.#book.putWindow(ended)
    this.#hold(ended)
    return ended
  }

  #planned(id: string, at: Instant) {
    return { id, kind: 'maintenance' as const, alarm: undefined, ticket: undefined, createdAt: at, ended: undefined }
  }

  /** Ids are never used again, or the record of an old window would be written over. */
  #freshId(prefix: string, at: Instant): string {
    let moment = Math.round(at)
    while (this.#held.has(`${prefix}-${moment.toString(36)}`)) moment++
    return `${prefix}-${moment.toString(36)}`
  }

  #openOne(isMeant: (window: ServiceWindow) => boolean, at: Instant): ServiceWindow | undefined {
    return this.list(at).find((window) => isMeant(window))
  }

  async #endThat(isMeant: (window: ServiceWindow) => boolean, by: string, at: Instant) {
    const open = this.#openOne(isMeant, at)
    return open === undefined ? undefined : this.end(open.id, by, at)
  }

  async #put(window: ServiceWindow, at: Instant): Promise<ServiceWindow> {
    const fault = faultOfWindow(window, at)
    if (fault !== undefined) throw new Refusal('WINDOW_INVALID', fault)
    if (!this.#held.has(window.id) && this.#held.size >= openWindowsMax)
      throw new Refusal('WINDOW_INVALID', `there are ${openWindowsMax} windows already; end some that are not needed`)
    await this.#book.putWindow(window)
    this.#hold(window)
    return window
  }

  #hold(window: ServiceWindow): void {
    this.#held.set(window.id, { window, covered: new Set(), coveredOf: undefined, begun: false })
  }

  #coveredBy(held: Held): ReadonlySet<AssetId> {
    const { version } = this.#topology
    if (held.coveredOf !== version) {
      held.covered = this.coveredBy(held.window)
      held.coveredOf = version
    }
    return held.covered
  }
}
