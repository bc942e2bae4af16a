import { describe, expect, test } from '@jest/globals'
import { sensorId } from '../../city/index.ts'
import { EventRing, eventText } from '../../dashboard/live/event-ring.ts'
import { RateMeter } from '../../dashboard/live/rate-meter.ts'
import { StreamClient } from '../../dashboard/live/stream-client.ts'
import type { Reading } from '../../ingest/index.ts'
import { fc } from '../support/fast-check.ts'

const limits = { frameIntervalMs: 250, stalledMsMax: 30_000 }
const wall = Date.UTC(2026, 4, 4)
const vibration = sensorId('pump-01', 'vibration')

const reading = (value: number, observedAt = wall): Reading => ({
  sensor: vibration,
  observedAt,
  receivedAt: observedAt,
  value,
  quality: 'good',
})

/** A far end that keeps up or not, as it is told. */
function farEnd() {
  const texts: string[] = []
  const end = { keepsUp: true, closed: false, texts }
  return {
    ...end,
    write(text: string) {
      texts.push(text)
      return this.keepsUp
    },
    close() {
      this.closed = true
    },
  }
}

function client(ring: EventRing, sink: ReturnType<typeof farEnd>, lastEventId?: number) {
  return new StreamClient({ ring, sink, limits, sensors: [vibration], owner: 'user mara', lastEventId, atMs: 0 })
}

const namesIn = (texts: readonly string[]) => [...texts.join('').matchAll(/^event: (.*)$/gm)].map(([, name]) => name)

describe('EventRing', () => {
  test('gives what came after an id, and says when it no longer can', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 0, max: 60 }), (capacity, count) => {
        const ring = new EventRing(capacity, 1_000)
        for (let n = 0; n < count; n++) ring.push('alarm', n)
        for (let id = 990; id < 1_000 + count + 5; id++) {
          const missed = 1_000 + count - 1 - id
          const found = ring.after(id, 1_000)
          if (missed < 0 || missed > capacity || id < 999) expect(found).toBe('gone')
          else expect(found).toHaveLength(missed)
        }
      }),
    )
  })

  test('an id of an earlier run is gone, not mistaken', () => {
    const before = new EventRing(10, wall * 1_000)
    before.push('alarm', {})
    const after = new EventRing(10, (wall + 1) * 1_000)
    after.push('alarm', {})
    expect(after.after(before.newestId, 10)).toBe('gone')
  })

  test('writes a payload with line breaks and markup on one line', () => {
    const text = eventText('ticket', { title: 'a\nb\r\nevent: fake\n\n<script>' }, 7)
    expect(text.split('\n')).toHaveLength(5)
    expect(text).toMatch(/^id: 7\nevent: ticket\ndata: \{.*\}\n\n$/)
  })
})

describe('StreamClient', () => {
  test('sends the newest of each sensor, four times a second at most', () => {
    const sink = farEnd()
    const page = client(new EventRing(10, 1), sink)
    for (let n = 0; n < 100; n++) page.offer(reading(n, wall + n))
    expect(page.flush(0, wall)).toBeUndefined()
    page.offer(reading(100, wall + 100))
    expect(page.flush(100, wall)).toBe(250)
    expect(page.flush(250, wall)).toBeUndefined()
    const values = sink.texts.map((text) => JSON.parse(/data: (.*)/.exec(text)?.[1] ?? '').values)
    expect(values).toEqual([[[vibration, wall + 99, 99, 'good']], [[vibration, wall + 100, 100, 'good']]])
  })

  test('does not go back to a reading that came late', () => {
    const sink = farEnd()
    const page = client(new EventRing(10, 1), sink)
    page.offer(reading(5, wall))
    page.flush(0, wall)
    page.offer(reading(4, wall - 60_000))
    page.flush(1_000, wall)
    expect(namesIn(sink.texts)).toEqual(['readings'])
  })

  test('is told what it missed', () => {
    const ring = new EventRing(10, 1)
    for (const n of [1, 2, 3]) ring.push('alarm', n)
    const sink = farEnd()
    client(ring, sink, 1).flush(0, wall)
    expect(sink.texts.join('')).toBe(eventText('alarm', 2, 2) + eventText('alarm', 3, 3))
  })

  test('is told to fetch anew when that is no longer held, once', () => {
    const ring = new EventRing(2, 1)
    for (const n of [1, 2, 3, 4, 5]) ring.push('alarm', n)
    const sink = farEnd()
    const page = client(ring, sink, 1)
    page.flush(0, wall)
    ring.push('alarm', 6)
    page.flush(10, wall)
    expect(namesIn(sink.texts)).toEqual(['reset', 'alarm'])
  })

  test('that does not read gets nothing more, then one frame with the newest', () => {
    const ring = new EventRing(100, 1)
    const sink = farEnd()
    const page = client(ring, sink)
    sink.keepsUp = false
    page.offer(reading(1))
    page.flush(0, wall)
    for (let n = 2; n < 1_000; n++) {
      page.offer(reading(n, wall + n))
      page.flush(n, wall)
    }
    ring.push('alarm', 1)
    page.flush(1_000, wall)
    expect(sink.texts).toHaveLength(1)
    sink.keepsUp = true
    page.drained()
    page.flush(1_001, wall)
    expect(namesIn(sink.texts)).toEqual(['readings', 'alarm', 'readings'])
    expect(sink.texts.at(-1)).toContain(',999,')
  })

  test('that does not read for half a minute is dropped', () => {
    const ring = new EventRing(100, 1)
    const sink = farEnd()
    const page = client(ring, sink)
    sink.keepsUp = false
    ring.push('alarm', 1)
    page.flush(0, wall)
    expect(page.flush(29_999, wall)).toBeUndefined()
    expect(page.keepAlive(30_000)).toBe('dropped')
  })
})

test('a rate is a counter’s growth over the last five seconds', () => {
  const meter = new RateMeter()
  expect(meter.perSecond(1_000, 0)).toBe(0)
  const rates = [1, 2, 3, 4, 5, 6, 7, 8].map((second) =>
    meter.perSecond(1_000 + second * (second < 5 ? 100 : 200), second * 1_000),
  )
  expect(rates[0]).toBe(100)
  expect(rates.at(-1)).toBeGreaterThan(200)
  expect(meter.perSecond(0, 9_000)).toBe(0)
})
