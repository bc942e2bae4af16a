import { expect, test } from '@jest/globals'
import type { Reading } from '../../../ingest/index.ts'
import { fc } from '../../support/fast-check.ts'
import {
  assetOf,
  fedBy,
  feederOut,
  gatewaySilent,
  meterSilent,
  minute,
  noon,
  partOf,
  readingOf,
  through,
  voltageLow,
  WatchedTown,
} from './watched-town.ts'

// Promise 6: what hides an alarm never changes it. The same readings are judged in a town where nothing is related and
// nobody hides anything, and in one where parents, shelves, windows and restarts hide what they can.

const meters = ['meter-01', 'meter-02', 'meter-03']
const related = [
  assetOf('feeder-01', 'feeder'),
  assetOf('gateway-01', 'gateway', [fedBy('feeder-01')]),
  assetOf('meter-01', 'meter', [through('gateway-01')]),
  assetOf('meter-02', 'meter', [through('gateway-01'), fedBy('feeder-01')]),
  assetOf('meter-03', 'meter', [partOf('meter-02')]),
]
const rules = [voltageLow, feederOut, meterSilent, gatewaySilent]

type Step = {
  readonly minutes: number
  readonly values: readonly (readonly [asset: string, value: number | undefined])[]
  readonly hide: readonly ('shelve' | 'take out' | 'maintain' | 'put back' | 'restart')[]
}

const value = fc.option(fc.constantFrom(0, 230), { nil: undefined })
const step: fc.Arbitrary<Step> = fc.record({
  minutes: fc.constantFrom(1, 5, 15, 30),
  values: fc.tuple(...['feeder-01', 'gateway-01', ...meters].map((asset) => fc.tuple(fc.constant(asset), value))),
  hide: fc.array(fc.constantFrom('shelve', 'take out', 'maintain', 'put back', 'restart'), { maxLength: 2 }),
})

function readingsOf(values: Step['values'], at: number): Reading[] {
  return values.flatMap(([asset, volts]) =>
    volts === undefined ? [] : [readingOf(asset, asset === 'gateway-01' ? 'signal' : 'voltage', volts, at)],
  )
}

async function hide(town: WatchedTown, how: Step['hide'][number]): Promise<void> {
  const { engine, at } = town
  const until = at + 20 * minute
  if (how === 'shelve') await engine.shelve('VoltageLow@meter-01', { reason: 'x', by: 'mara', until }, at)
  if (how === 'take out')
    await engine.changeWindows(at, (windows) =>
      windows.takeOut({ asset: 'meter-02' }, { reason: 'x', by: 'mara', until }, at),
    )
  if (how === 'maintain')
    await engine.changeWindows(at, (windows) =>
      windows.plan({ assets: ['feeder-01'], reach: 'dependents', from: at, until, reason: 'x' }, 'mara', at),
    )
  if (how === 'put back') await engine.changeWindows(at, (windows) => windows.putBack({ asset: 'meter-02' }, 'jon', at))
}

/** Every alarm as it stands after each step, without what hides it. */
async function play(town: WatchedTown, steps: readonly Step[], hiding: boolean): Promise<string[]> {
  const seen: string[] = []
  await town.hear(
    readingsOf(
      [...meters, 'feeder-01', 'gateway-01'].map((id) => [id, 230]),
      noon,
    ),
  )
  for (const { minutes, values, hide: hides } of steps) {
    // Silence is counted from when somebody listens: both programs are started anew, or none.
    if (hides.includes('restart')) await town.restart()
    if (hiding) for (const how of hides) await hide(town, how)
    await town.pass(minutes * minute, (at) => readingsOf(values, at), 5 * minute)
    const alarms = ['feeder-01', 'gateway-01', ...meters].flatMap((asset) => [...town.engine.alarmsOf(asset)])
    seen.push(
      alarms
        .map(({ id, state, level, since, startedAt, measured }) =>
          [id, state, level, since, startedAt, measured].join(),
        )
        .join('\n'),
    )
  }
  return seen
}

test('hiding never changes what an alarm is', async () => {
  let hidden = 0
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 8 }), async (steps) => {
      const plain = await WatchedTown.of(
        related.map((asset) => ({ ...asset, relations: [] })),
        rules,
      )
      const hiding = await WatchedTown.of(related, rules)
      try {
        expect(await play(hiding, steps, true)).toEqual(await play(plain, steps, false))
        hidden += hiding.events.filter(({ alarm }) => alarm.hiddenBy !== undefined).length
        // And all of it is on show, with what hides it.
        const firing = hiding.engine.alarms().filter(({ state }) => state === 'firing')
        expect(firing.map(({ id }) => id).sort()).toEqual(
          plain.engine
            .alarms()
            .filter(({ state }) => state === 'firing')
            .map(({ id }) => id)
            .sort(),
        )
      } finally {
        await plain.close()
        await hiding.close()
      }
    }),
    { numRuns: 15 },
  )
  // A property about nothing would hold as well.
  expect(hidden).toBeGreaterThan(20)
})
