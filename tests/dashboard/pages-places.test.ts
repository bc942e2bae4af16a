import { describe, expect, test } from '@jest/globals'
import { distinctLimits, worstBeyond } from '../../dashboard/pages/asset/limits.ts'
import {
  instantText,
  moved,
  parseInstant,
  presets,
  rangeDefault,
  rangeText,
  resolveRange,
  zoomedIn,
  zoomedOut,
} from '../../dashboard/pages/asset/range.ts'
import { arrange, assetFilter, countByState } from '../../dashboard/pages/assets/filter.ts'
import type { AssetSummary, EvidenceView, TicketSummary } from '../../dashboard/pages/data/types.ts'
import { draftFaults, namesIn } from '../../dashboard/pages/devices/draft.ts'
import { match } from '../../dashboard/pages/routing/match.ts'
import { score } from '../../dashboard/pages/shell/finding.ts'
import { actionFaults, bodyOf, emptyDraft, somethingElse } from '../../dashboard/pages/ticket/action-draft.ts'
import { offer, stepOf, watchProgress } from '../../dashboard/pages/ticket/actions.ts'
import { gapOf } from '../../dashboard/pages/ticket/evidence-gap.ts'
import { evidenceSpan } from '../../dashboard/pages/ticket/evidence-span.ts'
import { arrangeTickets, ticketFilter } from '../../dashboard/pages/tickets/filter.ts'
import { fc } from '../support/fast-check.ts'

const now = Date.parse('2026-11-23T12:00:00Z')
const hour = 3_600_000
const search = (text: string) => new URLSearchParams(text)

describe('the range in the address', () => {
  test('relative, absolute and numeric instants are read; nonsense is not', () => {
    expect(parseInstant('now', now)).toBe(now)
    expect(parseInstant('now-6h', now)).toBe(now - 6 * hour)
    expect(parseInstant('2026-11-23T10:00:00Z', now)).toBe(now - 2 * hour)
    expect(parseInstant(String(now), now)).toBe(now)
    expect(parseInstant('yesterday', now)).toBeUndefined()
  })

  test('what cannot be becomes the last day', () => {
    for (const text of ['', 'from=now&to=now-1h', 'from=x&to=now', 'from=1990-01-01&to=now'])
      expect(rangeText(search(text), now)).toEqual(rangeDefault)
  })

  test('every preset is read back as what it says', () => {
    for (const preset of presets) {
      const { from, to } = resolveRange({ from: preset.from, to: 'now' }, now)
      expect([to, from < to]).toEqual([now, true])
    }
  })

  const anyRange = fc
    .tuple(fc.integer({ min: 60, max: 400 * 86_400 }), fc.integer({ min: 20, max: 90 * 86_400 }))
    .map(([ago, span]) => ({ from: now - (ago + span) * 1_000, to: now - ago * 1_000 }))

  test('an absolute range survives the address', () => {
    fc.assert(
      fc.property(anyRange, (range) => {
        const text = { from: instantText(range.from), to: instantText(range.to) }
        expect(resolveRange(text, now)).toEqual(range)
      }),
    )
  })

  test('zooming in never asks for less than can be drawn, zooming out holds what was seen', () => {
    fc.assert(
      fc.property(anyRange, fc.integer({ min: 1, max: 9_000 }), (range, span) => {
        const near = resolveRange(zoomedIn({ from: range.from, to: range.from + span }), now)
        expect(near.to - near.from).toBeGreaterThanOrEqual(10_000)
        const text = { from: instantText(range.from), to: instantText(range.to) }
        const wide = resolveRange(zoomedOut(text, now), now)
        expect(wide.to - wide.from).toBeGreaterThanOrEqual((range.to - range.from) * 1.9)
        expect(wide.to).toBeLessThanOrEqual(now)
      }),
    )
  })

  test('earlier and later move by half a width; later ends at the present and follows it', () => {
    const text = { from: instantText(now - 3 * hour), to: instantText(now - hour) }
    expect(resolveRange(moved(text, -1, now), now)).toEqual({ from: now - 4 * hour, to: now - 2 * hour })
    expect(moved(text, 1, now)).toEqual({ from: 'now-2h', to: 'now' })
  })
})

describe('match', () => {
  test('names the parts of a path', () => {
    expect(match('/assets/:id', '/assets/pump-07')).toEqual({ id: 'pump-07' })
    expect(match('/assets/:id', '/assets')).toBeUndefined()
    expect(match('/assets', '/tickets')).toBeUndefined()
    expect(match('/assets/:id', '/assets/50%')).toEqual({ id: '50%' })
  })
})

describe('finding by a few letters', () => {
  test('“pump 7” is pump-07 before anything else', () => {
    const wanted = 'pump 7'
    expect(score(wanted, ['pump-07', 'Pump 07'])).toBeGreaterThan(score(wanted, ['pump-17', 'Pump 17']))
    expect(score(wanted, ['lift-07'])).toBe(0)
  })
  test('every word must be found', () => {
    expect(score('mill bridge', ['bridge-04', 'Mill bridge'])).toBeGreaterThan(0)
    expect(score('mill tower', ['bridge-04', 'Mill bridge'])).toBe(0)
  })
})

const assetOf = (part: Partial<AssetSummary>): AssetSummary => ({
  id: 'pump-01',
  name: 'Pump 01',
  class: 'pump',
  classTitle: 'Pump',
  criticality: 3,
  district: 'Altstadt',
  place: { latitude: 48, longitude: 11 },
  state: 'normal',
  openTickets: 0,
  ...part,
})

describe('assets', () => {
  const town = [
    assetOf({ id: 'pump-10', name: 'Pump 10' }),
    assetOf({ id: 'pump-2', name: 'Pump 2' }),
    assetOf({ id: 'bridge-1', name: 'Bridge 1', class: 'bridge', state: 'warning' }),
    assetOf({ id: 'lift-1', name: 'Lift 1', class: 'lift', state: 'action', openTickets: 1 }),
    assetOf({ id: 'air-1', name: 'Air 1', class: 'air', state: 'silent' }),
  ]
  const ids = (text: string) => arrange(town, assetFilter(search(text))).map((asset) => asset.id)

  test('the worst come first, then names as people count', () => {
    expect(ids('')).toEqual(['lift-1', 'bridge-1', 'air-1', 'pump-2', 'pump-10'])
  })
  test('filters work together, and unknown ones do nothing', () => {
    expect(ids('state=normal&q=pump')).toEqual(['pump-2', 'pump-10'])
    expect(ids('class=lift')).toEqual(['lift-1'])
    expect(ids('state=broken')).toHaveLength(5)
    expect(ids('sort=-name')[0]).toBe('pump-10')
  })
  test('the counts on the state buttons ignore the state that is chosen', () => {
    expect(countByState(town, assetFilter(search('state=action')))).toEqual({
      action: 1,
      warning: 1,
      silent: 1,
      normal: 2,
    })
  })
})

describe('limits', () => {
  const limit = (level: 'warning' | 'action', value: number) => ({
    rule: 'r',
    level,
    direction: 'above' as const,
    value,
    title: 'Vibration high',
  })
  test('action outranks warning; at the limit nothing is past it', () => {
    const limits = [limit('warning', 4), limit('action', 7)]
    expect(worstBeyond(8, limits)?.level).toBe('action')
    expect(worstBeyond(5, limits)?.level).toBe('warning')
    expect(worstBeyond(4, limits)).toBeUndefined()
  })
  test('the same limit of two rules is drawn once', () => {
    expect(distinctLimits([limit('warning', 4), { ...limit('warning', 4), rule: 'other' }])).toHaveLength(1)
  })
})

const ticketOf = (part: Partial<TicketSummary>): TicketSummary => ({
  number: 1,
  asset: 'pump-01',
  assetName: 'Pump 01',
  class: 'pump',
  district: null,
  failureMode: 'bearing-wear',
  title: 'Pump 01: bearing wear',
  state: 'open',
  severity: 'major',
  priority: { score: 50, band: 'high' },
  crew: null,
  crewName: null,
  startedAt: '2026-11-23T10:00:00Z',
  raisedAt: '2026-11-23T10:10:00Z',
  dueAt: '2026-11-24T10:00:00Z',
  updatedAt: '2026-11-23T10:10:00Z',
  relapses: 0,
  ...part,
})

describe('tickets', () => {
  const tickets = [
    ticketOf({ number: 1 }),
    ticketOf({ number: 2, dueAt: '2026-11-23T20:00:00Z', crew: 'water' }),
    ticketOf({ number: 3, priority: { score: 80, band: 'urgent' } }),
    ticketOf({ number: 4, state: 'closed' }),
  ]
  const numbers = (text: string) => arrangeTickets(tickets, ticketFilter(search(text))).map((ticket) => ticket.number)

  test('priority decides, then the due date; the finished are elsewhere', () => {
    expect(numbers('')).toEqual([3, 2, 1])
    expect(numbers('state=closed')).toEqual([4])
  })
  test('filters in the address', () => {
    expect(numbers('band=urgent')).toEqual([3])
    expect(numbers('crew=none')).toEqual([3, 1])
    expect(numbers('crew=water')).toEqual([2])
    expect(numbers('q=%232')).toEqual([2])
    expect(numbers('state=nonsense')).toEqual([3, 2, 1])
  })
  test('who belongs to a crew sees its work first', () => {
    expect(ticketFilter(search(''), 'water').crew).toBe('water')
    expect(ticketFilter(search('crew=all'), 'water').crew).toBeUndefined()
  })
})

describe('what may be done with a ticket', () => {
  test('only what is allowed is offered, the likely first, and a comment is no button', () => {
    expect(offer('open', ['cancel', 'comment', 'assign', 'acknowledge', 'start'])).toEqual({
      main: 'acknowledge',
      next: ['start', 'assign'],
      rest: ['cancel'],
    })
    expect(offer('open', [])).toEqual({ main: undefined, next: [], rest: [] })
    expect(offer('verifying', ['close', 'reopen']).main).toBeUndefined()
  })
  test('on hold is a part of being in progress; cancelled has left the way', () => {
    expect(stepOf('on-hold')).toBe(stepOf('in-progress'))
    expect(stepOf('cancelled')).toBe(-1)
  })
  test('the watch never shows more than the whole', () => {
    expect(watchProgress(now - 3 * hour, now + 21 * hour, now)).toEqual({
      healthyMs: 3 * hour,
      wholeMs: 24 * hour,
      share: 0.125,
    })
    expect(watchProgress(now - 30 * hour, now - 6 * hour, now).share).toBe(1)
  })
  test('what is missing is said by field, and only what is needed is sent', () => {
    expect(Object.keys(actionFaults('finish', emptyDraft))).toEqual(['foundCause', 'remedy'])
    const draft = { ...emptyDraft, foundCause: 'Wear', remedy: somethingElse, otherRemedy: ' Greased ', crew: 'water' }
    expect(actionFaults('finish', draft)).toEqual({})
    expect(bodyOf('finish', draft)).toEqual({ foundCause: 'Wear', remedy: 'Greased' })
    expect(actionFaults('close', { ...emptyDraft, closing: 'no-fault-found' })).toEqual({ note: 'Say why' })
    expect(bodyOf('none', { ...emptyDraft, note: '  ' })).toEqual({})
  })
})

describe('frozen readings', () => {
  test('have a gap where four of their usual distances are missing', () => {
    expect(gapOf([0, 60, 120, 180, 900])).toBe(240)
    expect(gapOf([5])).toBe(Infinity)
  })
  test('fill their charts: time of which nothing had been heard is left out', () => {
    const day = 24 * hour
    const frozen = (...last: number[]) => ({
      from: new Date(0).toISOString(),
      to: new Date(day).toISOString(),
      series: last.map((at) => ({ at: [0, at] }) as EvidenceView['series'][number]),
    })
    const whole = { range: { from: 0, to: day }, heardTo: undefined }
    expect(evidenceSpan(frozen(2 * hour, 20 * hour))).toEqual(whole)
    expect(evidenceSpan(frozen(2 * hour, 10 * hour))).toEqual({
      range: { from: 0, to: 10.5 * hour },
      heardTo: 10 * hour,
    })
    expect(evidenceSpan(frozen())).toEqual(whole)
  })
})

describe('a new device', () => {
  test('has an id like the server wants it, and assets with commas between them', () => {
    expect(draftFaults({ id: 'logger-1', assets: 'pump-07, pump-08' })).toEqual({})
    expect(draftFaults({ id: 'Logger 1', assets: 'Pump' })).toEqual({
      id: '“Logger 1”: expected lower-case letters, digits and single hyphens',
      assets: 'Not an asset’s id: “Pump”',
    })
    expect(namesIn(' pump-07,, pump-08 ')).toEqual(['pump-07', 'pump-08'])
  })
})
