import { expect, test } from '@jest/globals'
import { Intake } from '../../broker/intake.ts'
import { defaultLimits } from '../../broker/limits.ts'
import { Session } from '../../broker/session.ts'
import { newStats } from '../../broker/stats.ts'
import { receivedAt } from './support/devices.ts'

/** What each of so many connections was written, and an intake whose messages are kept when the test says so. */
function house(connections: number) {
  const written = new Map<Session, number[]>()
  const order: Session[] = []
  const kept: { promise: Promise<void>; keep: () => void; lose: () => void }[] = []
  const destroyed = new Set<Session>()
  const sessions = Array.from({ length: connections }, () => {
    const conn = {
      destroyed: false,
      write: (bytes: Buffer) => {
        for (let at = 0; at < bytes.length; at += 4) written.get(session)?.push(bytes.readUInt16BE(at + 2))
        order.push(session)
      },
      destroy: () => destroyed.add(session),
    }
    const session = new Session(conn as never, {} as never)
    written.set(session, [])
    return session
  })
  const nextBatch = () => {
    let keep = () => {}
    let lose = () => {}
    const promise = new Promise<void>((resolve, reject) => {
      keep = resolve
      lose = () => reject(new Error('disk full'))
    })
    kept.push({ promise, keep, lose })
  }
  const intake = new Intake({
    receive: () => kept.at(-1)?.promise ?? Promise.reject(new Error('no batch')),
    now: () => receivedAt,
    limits: defaultLimits,
    stats: newStats(),
    wake: () => {},
    onNotKept: () => {},
  })
  const message = { device: 'a', topic: 't', payload: Buffer.from('1'), receivedAt }
  const takeFromAll = (identifier: number) => {
    for (const session of sessions) intake.take(session, message, identifier)
  }
  return { intake, sessions, written, order, kept, destroyed, nextBatch, takeFromAll }
}

const turn = () => new Promise((resolve) => setImmediate(resolve))

test('thousands of connections are answered some at a time, and the sockets are read in between', async () => {
  const { kept, order, written, nextBatch, takeFromAll, sessions } = house(2_000)
  nextBatch()
  takeFromAll(7)
  kept[0]?.keep()
  const after: number[] = []
  for (let turns = 0; turns < 6; turns += 1) {
    await turn()
    after.push(order.length)
  }
  expect(after[0]).toBeLessThan(2_000)
  expect(after.at(-1)).toBe(2_000)
  expect(order).toEqual(sessions)
  expect([...written.values()].every((identifiers) => identifiers.join() === '7')).toBe(true)
})

test('each hears in the order in which it spoke, however soon the next batch is kept [MQTT-4.6.0-2]', async () => {
  const { kept, written, nextBatch, takeFromAll } = house(1_500)
  for (let batch = 1; batch <= 4; batch += 1) {
    nextBatch()
    takeFromAll(batch)
  }
  for (const { keep } of kept) keep()
  for (let turns = 0; turns < 20; turns += 1) await turn()
  expect([...written.values()].every((identifiers) => identifiers.join() === '1,2,3,4')).toBe(true)
})

test('what is not acknowledged yet still counts as taken, and closing waits for it', async () => {
  const { intake, kept, order, nextBatch, takeFromAll, sessions } = house(1_200)
  nextBatch()
  takeFromAll(1)
  let closed = false
  const closing = intake.close().then(() => {
    closed = true
  })
  kept[0]?.keep()
  await Promise.resolve()
  await Promise.resolve()
  expect([order.length < 1_200, closed, sessions.at(-1)?.inFlight]).toEqual([true, false, 1])
  await closing
  expect([order.length, sessions.at(-1)?.inFlight]).toEqual([1_200, 0])
})

test('a batch that is not kept behind one that is being acknowledged: the one is, the other is not', async () => {
  const { kept, written, destroyed, nextBatch, takeFromAll } = house(600)
  nextBatch()
  takeFromAll(1)
  nextBatch()
  takeFromAll(2)
  kept[0]?.keep()
  kept[1]?.lose()
  for (let turns = 0; turns < 6; turns += 1) await turn()
  expect(destroyed.size).toBe(600)
  expect([...written.values()].every((identifiers) => identifiers.every((one) => one === 1))).toBe(true)
})
