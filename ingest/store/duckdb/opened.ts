import type { Logger } from 'pino'
import { type DuckDbFile, openFile, refusalFor } from './file.ts'
import { attachFresh, type Fresh, freshGenerations, inMemory, makeFresh, removeFresh } from './fresh-file.ts'
import { Shelf } from './layout.ts'
import type { MergeRules } from './merge-plan.ts'
import { Readers } from './readers.ts'
import { dropUnlisted, loadSlabs, settled } from './slabs.ts'
import { Upkeep } from './upkeep.ts'
import { Writer } from './writer.ts'

export type OpenOptions = {
  readonly path: string
  readonly memoryLimitMb: number
  readonly mergeRules: MergeRules
  readonly log: Logger
}

/** Everything that hangs on one opened store. */
export type Opened = {
  readonly file: DuckDbFile
  readonly shelf: Shelf
  readonly writer: Writer
  readonly readers: Readers
  readonly upkeep: Upkeep
}

/** Opens the main file and the fresh files beside it. Trouble that a person can mend is a Refusal. */
export async function openParts(options: OpenOptions): Promise<Opened> {
  const file = await openFile(options)
  try {
    await dropUnlisted(file.writing)
    const shelf = new Shelf({ slabs: await loadSlabs(file.writing), fresh: await openFresh(file) })
    const writer = await Writer.open(file.writing, shelf)
    return { file, shelf, writer, readers: new Readers(file.connect), upkeep: new Upkeep(file.upkeep, shelf, options) }
  } catch (error) {
    file.close()
    throw refusalFor(options.path, error)
  }
}

/** Fresh files whose readings are not settled yet, or a new one. Those that are settled are left over and go. */
async function openFresh({ path, writing }: DuckDbFile): Promise<readonly Fresh[]> {
  const last = await settledGeneration({ writing })
  const fresh: Fresh[] = []
  for (const generation of freshGenerations(path)) {
    if (generation <= last) removeFresh(path, generation)
    else fresh.push(await attachFresh(writing, path, generation))
  }
  return fresh.length > 0 ? fresh : [await makeFresh(writing, path, last + 1)]
}

async function settledGeneration({ writing }: Pick<DuckDbFile, 'writing'>): Promise<number> {
  const result = await writing.runAndReadAll(`select coalesce(max(generation), 0) from ${settled}.settled_generation`)
  return Number(result.getRows()[0]?.[0] ?? 0)
}

/**
 * Ends everything; may be done twice. `settled` moves all readings into the main file, which then is the whole store and
 * leaves the next start nothing to read again.
 * @throws what settling failed with, after everything else is shut
 */
export async function shut({ file, readers, writer, upkeep }: Opened, how: 'settled' | 'as it is'): Promise<void> {
  await readers.close()
  try {
    await upkeep.stop()
    if (how === 'settled' && file.path !== inMemory) {
      writer.closeAppenders()
      await upkeep.settle('all')
      await upkeep.idle()
    }
  } finally {
    file.writing.disconnectSync()
    file.upkeep.disconnectSync()
    file.close()
  }
}
