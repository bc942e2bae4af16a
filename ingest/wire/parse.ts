import type { Message } from './message.ts'
import { nativePrefix, parseNative } from './native.ts'
import { type Parsed, refused } from './parsed.ts'
import { quoted } from './value.ts'

/** A way of writing readings into messages, told by the topic. Each has a file of its own. */
type Dialect = { readonly prefix: string; parse(message: Message): Parsed }

const holdsNoReadings: Parsed = { kind: 'readings', items: [], faults: [] }

/** The first whose prefix fits; the busiest stands first. */
const dialects: readonly Dialect[] = [
  { prefix: nativePrefix, parse: parseNative },
  // Birth and will of a device: for whoever shows who is online. They carry no reading.
  { prefix: 'status/', parse: () => holdsNoReadings },
]

/** Reads a message in whichever dialect its topic names. Pure, and never throws. */
export function parseMessage(message: Message): Parsed {
  for (const dialect of dialects) if (message.topic.startsWith(dialect.prefix)) return dialect.parse(message)
  return refused(
    'unknown-topic',
    `no dialect is known for topic ${quoted(message.topic)}: expected telemetry/{asset}/{quantity} or telemetry/{asset}`,
  )
}
