/** One system call that has ended, in the order of their ends. */
export type SystemCall = {
  readonly name: string
  /** What its file descriptor stands for: a path, or `TCP:[…]`. */
  readonly target: string
  /** The rest of its arguments as strace shows them. */
  readonly arguments: string
}

const callPattern = /^(\d+)\s+(\w+)\((?:\d+<((?:->|[^>])*)>)?,?\s?(.*)$/
const unfinished = '<unfinished ...>'
const resumedPattern = /^(\d+)\s+<\.\.\. (\w+) resumed>(.*)$/

/** Reads what `strace -f -yy` wrote. A call that was interrupted by another thread's counts where it ended. */
export function systemCallsIn(trace: string): SystemCall[] {
  const calls: SystemCall[] = []
  const begun = new Map<string, SystemCall>()
  for (const line of trace.split('\n')) {
    const resumed = resumedPattern.exec(line)
    if (resumed !== null) {
      const [, thread = '', name = '', rest = ''] = resumed
      const call = begun.get(`${thread} ${name}`)
      begun.delete(`${thread} ${name}`)
      if (call !== undefined && !/= -1 /.test(rest)) calls.push({ ...call, arguments: `${call.arguments}${rest}` })
      continue
    }
    const called = callPattern.exec(line)
    if (called === null) continue
    const [, thread = '', name = '', target = '', rest = ''] = called
    const call = { name, target: plain(target), arguments: rest }
    // What a `read` has read is shown when it resumes.
    if (rest.endsWith(unfinished))
      begun.set(`${thread} ${name}`, { ...call, arguments: rest.slice(0, -unfinished.length) })
    else if (!/= -1 /.test(rest)) calls.push(call)
  }
  return calls
}

/** `strace -xx` shows paths in hexadecimal digits as well. */
function plain(target: string): string {
  return target.replace(/\\x([0-9a-f]{2})/g, (_, digits) => String.fromCharCode(Number.parseInt(digits, 16)))
}

export type Acknowledgement = { readonly written: boolean; readonly synced: boolean }

const writes = new Set(['write', 'writev', 'pwrite64', 'pwritev'])
const syncs = new Set(['fsync', 'fdatasync'])
const publishFirst = /^"\\x3[2a]/
const pubackFirst = /"\\x40\\x02/

/**
 * For each PUBACK that was sent, one PUBLISH at a time: whether the value published (those in `values`, in their order)
 * was written to one of the store's files, and whether a sync of that very file had ended before the PUBACK was written.
 * The stores write a value as it lies in memory, in eight bytes.
 */
export function acknowledgementsIn(
  calls: readonly SystemCall[],
  values: readonly number[],
  isStore: (path: string) => boolean,
): Acknowledgement[] {
  const acknowledgements: Acknowledgement[] = []
  let bytes: string | undefined
  let unsynced: string | undefined
  let [written, synced] = [false, false]
  for (const { name, target, arguments: rest } of calls) {
    if (target.startsWith('TCP:')) {
      if (name === 'read' && publishFirst.test(rest)) {
        bytes = asShown(values[acknowledgements.length] ?? 0)
        unsynced = undefined
        written = false
        synced = false
      } else if (writes.has(name) && pubackFirst.test(rest)) acknowledgements.push({ written, synced })
    } else if (bytes !== undefined && isStore(target)) {
      if (writes.has(name) && rest.includes(bytes)) {
        written = true
        unsynced ??= target
      } else if (syncs.has(name) && unsynced === target) synced = true
    }
  }
  return acknowledgements
}

/** As `strace -xx` shows it. */
function asShown(value: number): string {
  const bytes = Buffer.alloc(8)
  bytes.writeDoubleLE(value)
  return [...bytes].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')
}
