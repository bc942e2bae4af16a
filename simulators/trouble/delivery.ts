import type { Instant } from '../../city/index.ts'
import { hourMs, minuteMs } from '../world/calendar.ts'
import { between, chance, streamOf } from '../world/chance.ts'

/** What may happen to a row on its way from the logger to the broker. */
export type Delivery = 'sent' | 'sent twice' | 'after the next' | 'lost' | 'kept for later'

// Real radio and mobile links: one row in a thousand is repeated or overtaken, one in four thousand never leaves.
const twiceChance = 1 / 1_000
const overtakenChance = 1 / 1_000
const lostChance = 1 / 4_000
// A device falls silent about once in two months and sends everything when it is back; short enough to be nobody's alarm.
const outageChancePerSlot = 1 / 250
const outageSlotMs = 6 * hourMs
const outageMinutes = { min: 12, max: 40 }
// Devices that report every minute are missed after 20 minutes; theirs are shorter.
const minutelyOutageMinutesMax = 15

const streams = {
  row: streamOf('delivery/row'),
  outage: streamOf('delivery/outage'),
  start: streamOf('delivery/outage-start'),
  length: streamOf('delivery/outage-length'),
}

/** Whether a device has no link at this moment and keeps its rows. */
export function isCutOff(device: string, everyMinute: boolean, at: Instant, seed: number): boolean {
  const own = seed ^ streamOf(device)
  const slot = Math.floor(at / outageSlotMs)
  if (chance(own, streams.outage, slot) >= outageChancePerSlot) return false
  const most = everyMinute ? minutelyOutageMinutesMax : outageMinutes.max
  const lengthMs = between(outageMinutes.min, most, own, streams.length, slot) * minuteMs
  const startAt = slot * outageSlotMs + between(0, outageSlotMs - lengthMs, own, streams.start, slot)
  return at >= startAt && at < startAt + lengthMs
}

/** The fate of one row of a device that has a link. */
export function deliveryOf(device: string, asset: string, at: Instant, seed: number): Delivery {
  const drawn = chance(seed ^ streamOf(`${device}>${asset}`), streams.row, Math.floor(at / minuteMs))
  if (drawn < lostChance) return 'lost'
  if (drawn < lostChance + twiceChance) return 'sent twice'
  if (drawn < lostChance + twiceChance + overtakenChance) return 'after the next'
  return 'sent'
}
