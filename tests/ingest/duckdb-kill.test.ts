/*
 * What this simulates: the process ends between two instructions (kill -9) while readings come in, replace one another
 * and are forgotten, and while they are settled into slabs and the slabs merged, which with these sizes is always. What it
 * shows: the store then holds exactly what the changes made so far amount to; the one under way is made or it is not.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, expect, test } from '@jest/globals'
import { openDuckDbStore } from '../../ingest/index.ts'
import { bundleProgram } from '../support/bundle.ts'
import { type Contents, changeOf, contentsOf, makeChange, small } from '../support/changing-readings.ts'
import { temporaryFolder } from '../support/files.ts'
import { seeded } from '../support/randomness.ts'
import { silentLog as log } from '../support/silence.ts'

const kills = 15
const seed = Number(process.env['SEED'] ?? 20_261_123)
const folder = temporaryFolder()

const children: ChildProcess[] = []
afterAll(() => {
  for (const child of children) child.kill('SIGKILL')
})

async function load(program: string) {
  const child = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'inherit'] })
  children.push(child)
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  expect((await lines.next()).value).toBe('ready')
  return { child, lines }
}

test('changes beside settling and merging: what is kept is what was done', async () => {
  const store = await openDuckDbStore({ path: ':memory:', ...small, log })
  const expected: Contents = new Map()
  for (let number = 0; number < 150; number++) {
    const change = changeOf(number)
    if (change.kind === 'append') await store.append(change.readings)
    else await store.forgetBefore(change.before)
    makeChange(expected, change)
  }
  expect(same(await contentsOf(store), expected)).toBe(true)
  await store.close()
}, 60_000)

test(`${kills} times kill -9 while slabs are settled and merged: what is kept is what was done`, async () => {
  const path = join(folder, 'readings.duckdb')
  const random = seeded(seed)
  const expected: Contents = new Map()
  let next = 0
  const program = await bundleProgram('changing-child.ts')
  let ahead = load(program)
  for (let kill = 0; kill < kills; kill++) {
    const { child, lines } = await ahead
    ahead = load(program)
    const begun = next
    child.stdin?.write(`${JSON.stringify({ path, from: next })}\n`)
    const exited = once(child, 'exit')
    for (let line = await lines.next(); line.done !== true; line = await lines.next()) {
      expect(Number(line.value)).toBe(next)
      makeChange(expected, changeOf(next))
      if (next++ === begun) void wait(50 + random() * 1_200).then(() => child.kill('SIGKILL'))
    }
    await exited
    const store = await openDuckDbStore({ path, ...small, log })
    const kept = await contentsOf(store)
    // The change under way may have been made without the word of it coming out.
    const withNext = new Map(expected)
    makeChange(withNext, changeOf(next))
    const isWithNext = same(kept, withNext)
    expect({
      seed,
      kill,
      next,
      same: same(kept, expected) || isWithNext || partlyForgotten(kept, expected, withNext, next),
    }).toEqual({ seed, kill, next, same: true })
    // Made once more, it is the same change.
    const change = changeOf(next)
    if (change.kind === 'append') await store.append(change.readings)
    else await store.forgetBefore(change.before)
    makeChange(expected, change)
    next++
    expect(same(await contentsOf(store), expected)).toBe(true)
    await store.close()
    expect(readdirSync(folder).filter((name) => /preparing/.test(name))).toEqual([])
  }
  expect(next).toBeGreaterThan(kills * 2)
  ;(await ahead).child.kill('SIGKILL')
}, 180_000)

function same(one: Contents, other: Contents): boolean {
  return one.size === other.size && [...one].every(([key, value]) => other.get(key) === value)
}

/** Forgetting is done table by table, and half of it is no harm: nothing else may be missing. */
function partlyForgotten(kept: Contents, before: Contents, after: Contents, number: number): boolean {
  if (changeOf(number).kind !== 'forget') return false
  return (
    [...kept].every(([key, value]) => before.get(key) === value) &&
    [...after].every(([key, value]) => kept.get(key) === value)
  )
}
