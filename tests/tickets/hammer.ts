/**
 * One of several processes that raise tickets about the same trouble in the same file at the same time:
 * `hammer.ts FILE SEED`. Prints what it opened.
 */
import { seeded } from '../support/randomness.ts'
import { fires } from './alarm-events.ts'
import { minute, noon, openTickets } from './small-town.ts'

const [path = '', seed = '1'] = process.argv.slice(2)
const random = seeded(Number(seed))
const { tickets, database } = await openTickets({ path })
const opened: number[] = []
for (let turn = 0; turn < 60; turn++) {
  // All processes name the same 20 bouts, in an order of their own, and half of what is raised is dismissed at once.
  const at = noon + Math.floor(random() * 20) * minute
  const asset = random() < 0.5 ? 'pump-07' : 'pump-08'
  const decision = await tickets.consider(fires({ asset, startedAt: at, at }), at)
  if (decision.kind !== 'opened') continue
  opened.push(decision.ticket.number)
  if (random() < 0.5)
    await tickets.act(decision.ticket.number, { name: 'cancel', note: 'again' }, `process ${seed}`, at)
}
await database.close()
process.stdout.write(JSON.stringify(opened))
