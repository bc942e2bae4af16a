/** What a birth certificate said of a metric; messages after it may name it by its alias only. */
export type KnownMetric = {
  readonly name: string
  readonly dataType: number | undefined
  readonly unit: string | undefined
}

/** The metrics of an edge node itself, or of one device behind it. */
export type Scope = { readonly byAlias: Map<number, KnownMetric>; readonly byName: Map<string, KnownMetric> }

/** One edge node as one credential reports it. */
export type NodeState = {
  /** Its NBIRTH has been heard on this connection. */
  born: boolean
  /** Tells the death of this session from that of one before. */
  bdSeq: number | undefined
  /** Of the last message. */
  seq: number | undefined
  /** Something was missed that only new birth certificates can tell. */
  needsBirth: boolean
  askedAt: number | undefined
  /** By device; the edge node's own under the empty name. */
  readonly scopes: Map<string, Scope>
  /** Its metrics, and its devices by their weight. */
  metrics: number
}

// Edge nodes of a large city. One that is not remembered is asked for a rebirth: forgetting costs a message, no reading.
const nodesMax = 10_000
// Some 150 bytes each: 75 MB. Names of the greatest length would make it 200 MB.
const metricsMax = 500_000
// Devices behind one edge node; of more, the one born first must be born again.
const devicesMax = 1_000
// What a device costs by itself, in metrics.
const scopeWeight = 4
/** Of one edge node with all its devices. */
export const metricsPerNodeMax = 50_000

/** Edge nodes by credential, bounded in number and in what they declared; the one not heard of for longest goes. */
export class NodeMemory {
  /** In the order in which they were heard. */
  readonly #nodes = new Map<string, NodeState>()
  readonly #keysOf = new Map<string, Set<string>>()
  #metrics = 0

  get size(): number {
    return this.#nodes.size
  }

  get metrics(): number {
    return this.#metrics
  }

  of(device: string, group: string, node: string): NodeState {
    const key = `${device}\n${group}/${node}`
    const known = this.#nodes.get(key)
    const state = known ?? newNode()
    if (known !== undefined) this.#nodes.delete(key)
    this.#nodes.set(key, state)
    if (known === undefined) {
      const keys = this.#keysOf.get(device)
      if (keys === undefined) this.#keysOf.set(device, new Set([key]))
      else keys.add(key)
      if (this.#nodes.size > nodesMax) this.#dropOldest()
    }
    return state
  }

  /** False when the edge node has declared too many. */
  define(state: NodeState, scope: Scope, alias: number | undefined, metric: KnownMetric): boolean {
    if (state.metrics >= metricsPerNodeMax) return false
    const before = scope.byAlias.size + scope.byName.size
    if (alias === undefined) scope.byName.set(metric.name, metric)
    else scope.byAlias.set(alias, metric)
    const added = scope.byAlias.size + scope.byName.size - before
    this.#add(state, added)
    return true
  }

  /** A birth certificate replaces all that was said before. */
  renew(state: NodeState, device: string): Scope {
    this.drop(state, device)
    if (state.scopes.size >= devicesMax) this.#dropFirst(state)
    const scope: Scope = { byAlias: new Map(), byName: new Map() }
    state.scopes.set(device, scope)
    this.#add(state, scopeWeight)
    return scope
  }

  drop(state: NodeState, device: string): void {
    const scope = state.scopes.get(device)
    if (scope === undefined) return
    this.#empty(state, scope)
    this.#add(state, -scopeWeight)
    state.scopes.delete(device)
  }

  /** The connection is gone, and with it what was agreed on it; that its edge nodes were there is still known. */
  forget(device: string): void {
    for (const key of this.#keysOf.get(device) ?? []) {
      const state = this.#nodes.get(key)
      if (state === undefined) continue
      state.born = false
      state.seq = undefined
      for (const scope of state.scopes.values()) this.#empty(state, scope)
    }
  }

  #empty(state: NodeState, scope: Scope): void {
    this.#add(state, -(scope.byAlias.size + scope.byName.size))
    scope.byAlias.clear()
    scope.byName.clear()
  }

  #add(state: NodeState, weight: number): void {
    state.metrics += weight
    this.#metrics += weight
    while (this.#metrics > metricsMax && this.#nodes.size > 1) this.#dropOldest()
  }

  #dropFirst(state: NodeState): void {
    for (const device of state.scopes.keys()) {
      if (device === '') continue
      this.drop(state, device)
      return
    }
  }

  #dropOldest(): void {
    for (const [key, state] of this.#nodes) {
      this.#nodes.delete(key)
      this.#metrics -= state.metrics
      const device = key.slice(0, key.indexOf('\n'))
      const keys = this.#keysOf.get(device)
      keys?.delete(key)
      if (keys?.size === 0) this.#keysOf.delete(device)
      return
    }
  }
}

function newNode(): NodeState {
  return {
    born: false,
    bdSeq: undefined,
    seq: undefined,
    needsBirth: false,
    askedAt: undefined,
    scopes: new Map(),
    metrics: 0,
  }
}
