import { Aedes, type AedesOptions, type AedesPublishPacket, type Client, type PublishPacket } from 'aedes'
import type { Memory } from './memory.ts'

type Done = (error?: Error) => void
export type Hooks = Required<
  Pick<
    AedesOptions,
    'preConnect' | 'authenticate' | 'authorizePublish' | 'authorizeSubscribe' | 'authorizeForward' | 'published'
  >
>

export type DoorLimits = {
  readonly connectTimeoutMs: number
  readonly drainTimeoutMs: number
  /** Messages of QoS 2 of one client that wait for its PUBREL. */
  readonly unreleasedPerDeviceMax: number
  /** Levels of a topic; 1 to 100. */
  readonly topicLevelsMax: number
}

/** What Aedes keeps in memory; a public property that its types leave out. */
type Remembering = { readonly persistence: Memory }

/**
 * Aedes, with every option that matters written out. The difference to its own class: a packet may end here, and then is
 * matched against no subscription.
 */
export class Door extends Aedes {
  static async open(limits: DoorLimits, hooks: Hooks, bound: (memory: Memory) => void): Promise<Door> {
    const door = new Door({
      // Deliveries at once over all clients; 0: no bound. With one, a single client that does not read stops everybody.
      concurrency: 0,
      // Milliseconds; of Aedes' own sign of life among several brokers. There is one broker, so rarely.
      heartbeatInterval: 60_000,
      connectTimeout: limits.connectTimeoutMs,
      drainTimeout: limits.drainTimeoutMs,
      // None: `Connections` watches over silence.
      keepaliveLimit: 0,
      // Packets that wait for the CONNACK. The guard hands on none before it, so one is enough.
      queueLimit: 1,
      maxInflightInbound: limits.unreleasedPerDeviceMax,
      // Characters, asked of MQTT 3.1 clients only. The specification says 23; a device's id may have 64.
      maxClientsIdLength: 64,
      maxTopicLevels: limits.topicLevelsMax,
      // Addresses are taken from the socket: whoever puts a proxy before the broker limits there.
      trustProxy: false,
      trustedProxies: [],
      ...hooks,
    })
    await door.listen()
    bound((door as unknown as Remembering).persistence)
    return door
  }

  /** Packets that go no further. */
  readonly #ended = new WeakSet<PublishPacket>()

  /** Has the packet passed on to nobody, and not retained. */
  endHere(packet: PublishPacket): void {
    this.#ended.add(packet)
  }

  override publish(packet: PublishPacket, callback: Done): void
  override publish(packet: PublishPacket, client: Client | null, done: Done): void
  override publish(packet: PublishPacket, clientOrDone: Client | null | Done, done?: Done): void {
    if (typeof clientOrDone !== 'function' && this.#ended.has(packet)) {
      done?.()
      return
    }
    // Its types know only the form with two arguments.
    Reflect.apply(super.publish, this, [packet, clientOrDone, done])
  }
}

export type { AedesPublishPacket }
