/** Counted since the start; `connected` is now. Every bound of the broker has its counter here. */
export type BrokerStats = {
  /** Devices logged in now. */
  connected: number
  /** Telemetry messages taken, of any QoS. */
  messagesIn: number
  /** Bytes read from logged-in devices. */
  bytesIn: number
  /** QoS 1 messages acknowledged: kept. */
  acknowledged: number
  /** Messages that could not be kept; their connection was closed without a PUBACK. */
  notKept: number
  /** Messages of ours, to devices and crews. */
  published: number
  /** CONNECTs refused: unknown device, wrong secret, revoked, or a client id that is not the device's. */
  refusedConnects: number
  /** CONNECTs refused because their address failed too often of late. */
  loginsLimited: number
  /** Sockets closed at once: too many connections, or connecting too fast from one address. */
  connectionsLimited: number
  /** Publishes outside the device's own topics; their connection was closed. */
  aclDenied: number
  /** Subscriptions answered with 0x80. */
  subscribesDenied: number
  /** Times a device was made to wait because it sent faster than its rate. */
  rateLimited: number
  /** Times a device was made to wait because too much of what it sent was not kept yet. */
  backpressured: number
  /** Connections closed for breaking the protocol. */
  malformed: number
  /** Connections closed for a packet larger than its kind may be. */
  oversized: number
  /** Connections closed because they did not read what they were sent. */
  slowReaders: number
  /** Connections closed after 1.5 keep-alive intervals of silence. */
  keepaliveTimeouts: number
  /** Retained messages that gave way to newer ones. */
  retainedDropped: number
  /** Messages not queued for a session because too many waited in it. */
  queueOverflows: number
}

export function newStats(): BrokerStats {
  return {
    connected: 0,
    messagesIn: 0,
    bytesIn: 0,
    acknowledged: 0,
    notKept: 0,
    published: 0,
    refusedConnects: 0,
    loginsLimited: 0,
    connectionsLimited: 0,
    aclDenied: 0,
    subscribesDenied: 0,
    rateLimited: 0,
    backpressured: 0,
    malformed: 0,
    oversized: 0,
    slowReaders: 0,
    keepaliveTimeouts: 0,
    retainedDropped: 0,
    queueOverflows: 0,
  }
}
