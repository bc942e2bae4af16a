import { join } from 'node:path'
import { describe } from '@jest/globals'
import { openDuckDbStore } from '../../ingest/index.ts'
import { temporaryFolder } from '../support/files.ts'
import { silentLog } from '../support/silence.ts'
import { testReadingStore } from './store.contract.ts'

const folder = temporaryFolder()

describe('readings in DuckDB', () => {
  testReadingStore((place) => openDuckDbStore({ path: join(folder, `${place}.duckdb`), log: silentLog }))
})

describe('readings in DuckDB, sorted into slabs and merged all the time', () => {
  testReadingStore((place) =>
    openDuckDbStore({
      path: join(folder, `${place}-small.duckdb`),
      slabRows: 7,
      merging: { fanout: 2 },
      log: silentLog,
    }),
  )
})
