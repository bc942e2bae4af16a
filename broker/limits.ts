import type { Rate } from './token-bucket.ts'

/**
 * Every bound of the broker. At the bound a stated thing happens and is counted (`stats.ts`): a packet too large or an
 * address too busy is refused; a device too fast is slowed by not reading its socket, and loses nothing.
 */
export type BrokerLimits = {
  readonly connectBytesMax: number
  readonly publishBytesMax: number
  readonly subscribeBytesMax: number
  readonly statusBytesMax: number
  readonly connectTimeoutMs: number
  readonly drainTimeoutMs: number
  readonly keepaliveSecondsMax: number
  readonly connectionsMax: number
  readonly connectionsPerAddressMax: number
  readonly connectsPerAddress: Rate
  readonly loginFailuresPerName: Rate
  readonly loginFailuresPerAddress: Rate
  readonly messagesPerAddress: Rate
  readonly bytesPerAddress: Rate
  readonly messagesPerDevice: Rate
  readonly bytesPerDevice: Rate
  readonly inFlightPerDeviceMax: number
  readonly inFlightBytesPerDeviceMax: number
  readonly unreleasedPerDeviceMax: number
  readonly inFlightBytesMax: number
  readonly unsentBytesMax: number
  readonly closeTimeoutMs: number
  readonly retainedMax: number
  readonly retainedBytesMax: number
  readonly lastingSessionsMax: number
  readonly queuedPerSessionMax: number
  readonly topicAliasesMax: number
  readonly topicLevelsMax: number
}

export const defaultLimits: BrokerLimits = {
  // Bytes. Client id, user name, password and a will of 1 KB need less than half of it; it is all a stranger can send.
  connectBytesMax: 4_096,
  // Bytes. A logger's back-log of an hour, 60 sensors x 60 min as one JSON array at about 64 bytes a reading.
  publishBytesMax: 262_144,
  // Bytes of one SUBSCRIBE or UNSUBSCRIBE: a hundred filters of the length ours have.
  subscribeBytesMax: 8_192,
  // Bytes of a status or will, kept as long as the process lives: a word, or a small JSON about the device.
  statusBytesMax: 1_024,
  // Milliseconds from the socket's opening to its whole CONNECT (and to the end of a TLS handshake): a slow mobile
  // link needs two or three seconds, a slow loris wants for ever.
  connectTimeoutMs: 5_000,
  // Milliseconds a client may leave what it was sent unread before it is dropped.
  drainTimeoutMs: 5_000,
  // Seconds. A device that asks for more, or for none, is held to this: after 1.5 times it a dead one is noticed.
  keepaliveSecondsMax: 1_200,
  // Connections. 10,000 devices are the aim; twice that is about 400 MB.
  connectionsMax: 20_000,
  // Connections from one address: a whole city may stand behind one mobile carrier's address, or one proxy.
  connectionsPerAddressMax: 12_000,
  // Sockets opened per second: after a power cut everything behind one address comes back within the burst.
  connectsPerAddress: { perSecond: 500, burst: 12_000 },
  // Failed log-ins by one name from one address; more are not looked at, and neither is the right secret. Guessing is
  // hopeless at this rate even against a secret that people made up, and a device that is put right waits seconds.
  loginFailuresPerName: { perSecond: 0.2, burst: 20 },
  // Failed log-ins of one address that are written down and shown; beyond that they are counted. Devices that bring the
  // right secret are let in all the same, for a whole city may stand behind the address of a few that do not.
  loginFailuresPerAddress: { perSecond: 2, burst: 120 },
  // Packets, over all connections of one address: what a process can take, because a whole city may stand behind one.
  messagesPerAddress: { perSecond: 400_000, burst: 2_000_000 },
  // Bytes. The same for full frames, so that one address cannot have the processor to itself for longer than seconds.
  bytesPerAddress: { perSecond: 134_217_728, burst: 536_870_912 },
  // Packets. One device may take a tenth of what a process can do, for five seconds all of it.
  messagesPerDevice: { perSecond: 10_000, burst: 50_000 },
  // Bytes. The same tenth at back-log sizes: 40 full frames a second.
  bytesPerDevice: { perSecond: 10_485_760, burst: 41_943_040 },
  // Messages taken and not yet kept: above what one connection has in flight at full speed (1,000), below harm.
  inFlightPerDeviceMax: 4_096,
  // Bytes of the same: sixteen full frames.
  inFlightBytesPerDeviceMax: 4_194_304,
  // Messages of QoS 2 that wait for a client's PUBREL: what one connection has in flight at full speed. Half a kilobyte
  // each, for telemetry is kept without its payload by then.
  unreleasedPerDeviceMax: 1_000,
  // Bytes of the same over all devices: what a stalled store may cost in memory.
  inFlightBytesMax: 134_217_728,
  // Bytes written to one client and not yet taken by its socket; more, and nothing more is read from or sent to it.
  unsentBytesMax: 1_048_576,
  // Milliseconds for what was taken to be kept when closing: a store's slowest commit. Unkept stays unacknowledged.
  closeTimeoutMs: 5_000,
  // Retained messages: a status for each of the devices aimed at, and as much again. Beyond it the oldest one goes.
  retainedMax: 20_000,
  // Bytes of their topics and payloads.
  retainedBytesMax: 16_777_216,
  // Sessions that outlive their connection, with `anonymous: 'full'` only. Beyond it a further client gets a
  // session that ends with its connection.
  lastingSessionsMax: 1_000,
  // Messages that wait in one of them while it is away or does not acknowledge. Beyond it the newest are not queued.
  queuedPerSessionMax: 1_000,
  // Topic aliases that an MQTT 5 client may set for the length of its connection.
  topicAliasesMax: 32,
  // Levels of a topic. Ours have four, those of a foreign dialect not many more.
  topicLevelsMax: 16,
}
