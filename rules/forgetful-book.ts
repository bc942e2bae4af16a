import type { Book } from './alarm-book.ts'

/** For an engine that is thrown away when it is done: a case, a score, a trial on history. */
export const forgetfulBook: Book = {
  record: async () => undefined,
  keep: async () => undefined,
  begin: async () => undefined,
  load: async () => ({
    marker: undefined,
    sensors: [],
    segments: new Map(),
    outbox: [],
    handling: new Map(),
    hidden: new Map(),
    windows: [],
  }),
  handle: async () => undefined,
  putWindow: async () => undefined,
}
