import { Aedes, type AedesOptions, type AedesPublishPacket, type Client, type PublishPacket } from 'aedes'

type Done = (error?: Error) => void
type Hooks = Required<
  Pick<
    AedesOptions,
    'preConnect' | 'authenticate' | 'authorizePublish' | 'authorizeSubscribe' | 'authorizeForward' | 'published'
  >
>

export type DoorLimits = {
  readonly connectTimeoutMs: number
  readonly drainTimeoutMs: number
  readonly keepaliveSecondsMax: number
}

/**
 * Aedes, with every option that matters written out. The difference to its own class: telemetry ends here. It has been
 * kept by the time Aedes would pass it on, and nobody may subscribe to it, so matching it against all subscriptions
 * would cost a fifth of the processor and find nothing.
 */
export class Door extends Aedes {
  static async open(limits: DoorLimits, hooks: Hooks): Promise<Door> {
    const door = new Door({
      // Deliveries at once over all clients; 0: no bound. With one, a single client that does not read stops everybody.
      concurrency: 0,
      // Milliseconds; of Aedes' own sign of life among several brokers. There is one broker, so rarely.
      heartbeatInterval: 60_000,
      connectTimeout: limits.connectTimeoutMs,
      drainTimeout: limits.drainTimeoutMs,
      // Seconds. `Logins.prepare` shortens what is longer, so nobody is refused by this.
      keepaliveLimit: limits.keepaliveSecondsMax,
      // Packets that wait for the CONNACK. The guard hands on none before it, so one is enough.
      queueLimit: 1,
      // QoS 2 messages of one client that wait for its PUBREL. A polite client has a few; each is kept without payload.
      maxInflightInbound: 64,
      // Characters, asked of MQTT 3.1 clients only. The specification says 23; a device's id may have 64.
      maxClientsIdLength: 64,
      // Ours have four; a device's granted filters not many more.
      maxTopicLevels: 16,
      // Addresses are taken from the socket: whoever puts a proxy before the broker limits there.
      trustProxy: false,
      trustedProxies: [],
      ...hooks,
    })
    await door.listen()
    return door
  }

  override publish(packet: PublishPacket, callback: Done): void
  override publish(packet: PublishPacket, client: Client | null, done: Done): void
  override publish(packet: PublishPacket, clientOrDone: Client | null | Done, done?: Done): void {
    if (typeof clientOrDone !== 'function' && packet.topic.startsWith('telemetry/')) {
      done?.()
      return
    }
    // Its types know only the form with two arguments.
    Reflect.apply(super.publish, this, [packet, clientOrDone, done])
  }
}

export type { AedesPublishPacket }
