/*
 * A process of its own that changes a store until it is killed. Loaded, it waits; then one line on standard input,
 * `{"path","from"}`: it opens the store at `path` and makes change after change, counting up from `from`, and writes the
 * number of each to standard output when it is done.
 */
import { createInterface } from 'node:readline'
import { openDuckDbStore } from '../../ingest/index.ts'
import { changeOf, small } from './changing-readings.ts'
import { silentLog as log } from './silence.ts'

async function change({ path, from }: { path: string; from: number }): Promise<void> {
  const store = await openDuckDbStore({ path, ...small, log })
  for (let number = from; ; number++) {
    const change = changeOf(number)
    if (change.kind === 'append') await store.append(change.readings)
    else await store.forgetBefore(change.before)
    process.stdout.write(`${number}\n`)
  }
}

process.stdout.write('ready\n')
for await (const line of createInterface({ input: process.stdin })) void change(JSON.parse(line))
