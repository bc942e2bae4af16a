import type { Instant } from '../../city/index.ts'
import type { Parts } from '../api/parts.ts'
import type { Rates } from '../api/schema.ts'
import { isoOf } from '../api/views/iso.ts'
import { RateMeter } from './rate-meter.ts'

const everyMs = 1_000

type Sources = Pick<Parts, 'registry' | 'ingest' | 'engine' | 'tickets' | 'broker' | 'feed' | 'now' | 'log'>

/** Measures the rates once a second, tells the pages, and looks for assets that changed without an event. */
export function startRates(sources: Sources): { newest: () => Rates; stop: () => void } {
  const readings = new RateMeter()
  const messages = new RateMeter()
  const measure = (at: Instant): Rates => {
    const kept = sources.ingest.stats()
    const { messagesIn } = sources.broker.stats()
    return {
      at: isoOf(at),
      readingsPerSecond: readings.perSecond(kept.readingsKept, at),
      messagesPerSecond: messages.perSecond(messagesIn, at),
      devicesConnected: sources.broker.connectedCount(),
      readingsTotal: kept.readingsKept,
      refusedTotal: kept.refused,
      sensorsKnown: sources.registry.sensors().length,
      alarmsFiring: firingCount(sources.engine),
      ticketsOpen: sources.tickets.openCount(),
    }
  }
  let newest = measure(sources.now())
  const timer = setInterval(() => {
    try {
      newest = measure(sources.now())
      sources.feed.rates(newest)
      sources.feed.sweep()
    } catch (error) {
      // Out of a timer it would end the whole program, and with it the watch.
      sources.log.error({ err: error }, 'the live rates could not be measured')
    }
  }, everyMs).unref()
  return { newest: () => newest, stop: () => clearInterval(timer) }
}

function firingCount(engine: Sources['engine']): number {
  let count = 0
  for (const alarm of engine.alarms()) if (alarm.state === 'firing') count++
  return count
}
