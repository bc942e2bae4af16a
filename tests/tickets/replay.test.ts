import { expect, test } from '@jest/globals'
import type { AlarmEvent, Rule } from '../../rules/index.ts'
import {
  finishedStates,
  replayHistory,
  type Ticket,
  type TicketActionName,
  ticketActions,
} from '../../tickets/index.ts'
import { fc } from '../support/fast-check.ts'
import { changeTo, flowLow, vibrationHigh } from './alarm-events.ts'
import { hour, minute, noon, openTickets, type TestTickets } from './small-town.ts'

/** What may happen in a week: alarms of two rules on two assets going their way, and people at work. */
type Happening =
  | {
      readonly kind: 'alarm'
      readonly rule: Rule
      readonly asset: string
      readonly hidden: boolean
      readonly rises: boolean
    }
  | { readonly kind: 'act'; readonly number: number; readonly name: TicketActionName }

const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('alarm' as const),
      rule: fc.constantFrom(vibrationHigh, flowLow),
      asset: fc.constantFrom('pump-07', 'pump-08'),
      hidden: fc.boolean(),
      rises: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('act' as const),
      number: fc.integer({ min: 1, max: 3 }),
      name: fc.constantFrom(...ticketActions),
    }),
  },
)

/** Alarms as the engine moves them: one step of one alarm's life at a time, in event time. */
class Engine {
  readonly #lives = new Map<
    string,
    { startedAt: number; state: AlarmEvent['alarm']['state']; level: 'warning' | 'action' }
  >()

  step({ rule, asset, hidden, rises }: Extract<Happening, { kind: 'alarm' }>, at: number): AlarmEvent {
    const id = `${rule.id}@${asset}`
    const life = this.#lives.get(id)
    const hiddenBy = hidden ? ({ kind: 'shelved', reason: 'known', by: 'Ann', until: at + hour } as const) : undefined
    const some = { rule, asset, at, hiddenBy }
    if (life === undefined || life.state === 'inactive') {
      this.#lives.set(id, { startedAt: at - minute, state: 'firing', level: 'warning' })
      return changeTo('firing', { ...some, startedAt: at - minute, level: 'warning' })
    }
    const { state: before, startedAt } = life
    if (before === 'firing' && rises && life.level === 'warning') life.level = 'action'
    else life.state = before === 'firing' ? 'recovering' : rises ? 'firing' : 'inactive'
    return changeTo(life.state, { ...some, startedAt, level: life.level, before })
  }
}

async function standOf({ tickets }: TestTickets) {
  const { items } = await tickets.list({ limit: 100 })
  const histories = await Promise.all(items.map(({ number }) => tickets.history(number)))
  return { items, histories }
}

const atMostOneOpen = (items: readonly Ticket[]) => {
  const open = items
    .filter(({ state }) => !finishedStates.some((finished) => finished === state))
    .map(({ asset, failureMode }) => `${asset} ${failureMode}`)
  expect(new Set(open).size).toBe(open.length)
}

test('events replayed from any earlier point, any number of times, leave the same tickets', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(happening, { minLength: 1, maxLength: 40 }),
      fc.array(fc.record({ after: fc.nat(40), from: fc.nat(40) }), { maxLength: 4 }),
      async (week, replays) => {
        const town = await openTickets()
        const { tickets, database } = town
        const engine = new Engine()
        const events: AlarmEvent[] = []
        for (const [index, what] of week.entries()) {
          const at = noon + index * hour
          if (what.kind === 'alarm') {
            const event = engine.step(what, at)
            events.push(event)
            await tickets.consider(event, at)
          } else {
            const { number, name } = what
            const action = { name, note: 'n', crew: 'water-south', holdReason: 'parts', closing: 'unverified' } as const
            await tickets.act(number, action, 'Ann', at)
          }
          for (const { from } of replays.filter(({ after }) => after === index)) {
            const before = await standOf(town)
            for (const event of events.slice(from)) {
              const decision = await tickets.consider(event, at + minute)
              expect(decision.kind).toBe('left')
            }
            expect(await standOf(town)).toEqual(before)
          }
          atMostOneOpen((await standOf(town)).items)
        }
        const { items, histories } = await standOf(town)
        expect(histories.map(replayHistory)).toEqual(items.map(({ state }) => ({ kind: 'state', state })))
        const unfinished = items.filter(({ state }) => !finishedStates.some((finished) => finished === state))
        expect(tickets.openCount()).toBe(unfinished.length)
        await database.close()
      },
    ),
    { numRuns: 80 },
  )
})
