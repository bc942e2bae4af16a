import type { Message } from '../message.ts'
import {
  holdsNoReadings,
  type Parsed,
  type Presence,
  type Reply,
  readingsPerMessageMax,
  refused,
  tooMany,
  type WireFault,
} from '../parsed.ts'
import { sourceNameLengthMax } from '../source-name.ts'
import { quoted } from '../value.ts'
import { type MetricsRead, readMetrics } from './metrics.ts'
import { metricsPerNodeMax, NodeMemory, type NodeState, type Scope } from './node-memory.ts'
import { numberOf, type Payload, readPayload, rebirthCommand } from './payload.ts'
import { readSparkplugTopic, type SparkplugTopic, sparkplugPrefix } from './topic.ts'

/*
 * A Sparkplug B host that listens. An edge node's birth certificates tell the names, types and aliases of its metrics;
 * what follows may name a metric by its alias only, and is numbered, so that what was missed shows. Whoever cannot be
 * understood is asked for new birth certificates: `Node Control/Rebirth` on its NCMD topic, never more often than every
 * 30 s. Meant for one edge node a connection; of several behind one credential (a bridge) each is remembered by itself.
 */

// Milliseconds. A node that does not answer is not asked more often: it may have its reasons, or not be subscribed.
const rebirthEveryMs = 30_000

type OfNode = Extract<SparkplugTopic, { kind: 'message' }>

/** What a message does to what is known of its node. */
type Heard = { readonly state: NodeState; readonly topic: OfNode; readonly payload: Payload; readonly message: Message }

export class Sparkplug {
  readonly #memory = new NodeMemory()

  /** Reads a message on a `spBv1.0/` topic. Never throws. */
  read(message: Message): Parsed {
    const topic = readSparkplugTopic(message.topic)
    if (topic.kind === 'wrong') return refused('unknown-topic', `topic ${quoted(message.topic)}: ${topic.detail}`)
    // Commands and the state of host applications are not for us.
    if (topic.kind === 'state' || topic.type === 'NCMD' || topic.type === 'DCMD') return holdsNoReadings
    const payload = readPayload(message.payload, readingsPerMessageMax)
    if (payload === 'too many') return tooMany(readingsPerMessageMax + 1)
    if (payload === undefined)
      return refused('wrong-shape', 'the payload is not of Sparkplug B: it is no such protobuf message')
    const state = this.#memory.of(message.device, topic.group, topic.node)
    return this.#hear({ state, topic, payload, message })
  }

  /** The credential's connection is gone: what it says next must begin with birth certificates. */
  forget(device: string): void {
    this.#memory.forget(device)
  }

  #hear(heard: Heard): Parsed {
    switch (heard.topic.type) {
      case 'NBIRTH':
        return this.#nodeBorn(heard)
      case 'DBIRTH':
        return this.#deviceBorn(heard)
      case 'NDEATH':
        return this.#nodeDied(heard)
      case 'DDEATH':
        return this.#deviceDied(heard)
      default:
        return this.#data(heard)
    }
  }

  #nodeBorn(heard: Heard): Parsed {
    const { state, payload } = heard
    for (const device of [...state.scopes.keys()]) this.#memory.drop(state, device)
    state.born = true
    state.needsBirth = false
    state.bdSeq = bdSeqOf(payload)
    state.seq = payload.seq
    return this.#born(heard)
  }

  #deviceBorn(heard: Heard): Parsed {
    this.#follow(heard)
    return this.#born(heard)
  }

  #born(heard: Heard): Parsed {
    const { state, topic } = heard
    const scope = this.#memory.renew(state, topic.device)
    const faults = this.#define(heard, scope)
    return answer(heard, this.#read(heard, scope, true), [{ name: nameOf(topic), online: true }], faults)
  }

  #define({ state, payload }: Heard, scope: Scope): WireFault[] {
    const faults: WireFault[] = []
    for (const { name, alias, dataType, unit } of payload.metrics) {
      // Too long to be a source's name, it need not be remembered either.
      if (name === undefined || name === '' || name.length > sourceNameLengthMax) continue
      const other = alias === undefined ? undefined : scope.byAlias.get(alias)
      if (other !== undefined && other.name !== name)
        faults.push({
          reason: 'wrong-shape',
          detail: `alias ${alias} is given to both ${quoted(other.name)} and ${quoted(name)}: the first has it`,
        })
      else if (!this.#memory.define(state, scope, alias, { name, dataType, unit })) {
        faults.push({
          reason: 'too-many-readings',
          detail: `the edge node declares more than ${metricsPerNodeMax} metrics: the rest can be read by name only`,
        })
        break
      }
    }
    return faults
  }

  #data(heard: Heard): Parsed {
    const { state, topic } = heard
    this.#follow(heard)
    const scope = state.scopes.get(topic.device)
    if (scope === undefined) state.needsBirth = true
    return answer(heard, this.#read(heard, scope, false), [], [])
  }

  #read({ state, topic, payload, message }: Heard, scope: Scope | undefined, isBirth: boolean): MetricsRead {
    const read = readMetrics(payload, scope, addressOf(topic), message, isBirth)
    if (read.hasUnknownAlias) state.needsBirth = true
    return read
  }

  /** The number of a message follows the one before it, from 0 to 255 and round again; a gap is a message lost. */
  #follow({ state, payload: { seq } }: Heard): void {
    if (!state.born) state.needsBirth = true
    if (seq === undefined) return
    const { seq: last } = state
    state.seq = seq
    // The same again is a redelivery.
    if (last !== undefined && seq !== last && seq !== (last + 1) % 256) state.needsBirth = true
  }

  /** The will of an older connection may come late, and says nothing of the one that is there now. */
  #nodeDied({ state, topic, payload }: Heard): Parsed {
    const bdSeq = bdSeqOf(payload)
    if (bdSeq !== undefined && state.bdSeq !== undefined && bdSeq !== state.bdSeq) return holdsNoReadings
    const node = `sparkplug:${topic.group}/${topic.node}`
    const devices = [...state.scopes.keys()].filter((device) => device !== '')
    for (const device of [...state.scopes.keys()]) this.#memory.drop(state, device)
    state.born = false
    state.seq = undefined
    const offline = [node, ...devices.map((device) => `${node}/${device}`)].map((name) => ({ name, online: false }))
    return { ...holdsNoReadings, presence: offline }
  }

  #deviceDied(heard: Heard): Parsed {
    const { state, topic } = heard
    this.#follow(heard)
    this.#memory.drop(state, topic.device)
    return answer(heard, nothingRead, [{ name: nameOf(topic), online: false }], [])
  }
}

const nothingRead: MetricsRead = { items: [], faults: [], hasUnknownAlias: false }

function answer(heard: Heard, read: MetricsRead, presence: readonly Presence[], more: readonly WireFault[]): Parsed {
  const replies = rebirthRequest(heard)
  const faults = more.length === 0 ? read.faults : [...more, ...read.faults]
  const besides = {
    ...(presence.length === 0 ? {} : { presence }),
    ...(replies.length === 0 ? {} : { replies }),
  }
  const [first] = faults
  return first !== undefined && faults.length === 1 && read.items.length === 0
    ? { kind: 'refused', ...first, ...besides }
    : { kind: 'readings', items: read.items, faults, ...besides }
}

function rebirthRequest({ state, topic, message }: Heard): readonly Reply[] {
  if (!state.needsBirth) return []
  const at = message.receivedAt
  // A clock set back must not silence us for as long.
  if (state.askedAt !== undefined && at >= state.askedAt && at - state.askedAt < rebirthEveryMs) return []
  state.askedAt = at
  return [{ topic: `${sparkplugPrefix}${topic.group}/NCMD/${topic.node}`, payload: rebirthCommand(at) }]
}

function bdSeqOf(payload: Payload): number | undefined {
  const metric = payload.metrics.find(({ name }) => name === 'bdSeq')
  return metric?.value === undefined ? undefined : numberOf(metric.value, undefined)
}

function addressOf({ group, node, device }: OfNode): string {
  return device === '' ? `${group}/${node}` : `${group}/${node}/${device}`
}

function nameOf(topic: OfNode): string {
  return `sparkplug:${addressOf(topic)}`
}
