import { chirpstackPrefix, parseChirpstack } from './chirpstack.ts'
import type { Message } from './message.ts'
import { nativePrefix, parseNative } from './native.ts'
import { holdsNoReadings, type Parsed, refused } from './parsed.ts'
import type { KnowsSensor } from './senml.ts'
import { parseThingsStack, thingsStackPrefix } from './things-stack.ts'
import { quoted } from './value.ts'

/** A way of writing readings into messages, told by the topic. Each has a file of its own. */
type Dialect = { readonly prefix: string; parse(message: Message, knows: KnowsSensor): Parsed }

/** The first whose prefix fits; the busiest stands first. */
const dialects: readonly Dialect[] = [
  { prefix: nativePrefix, parse: parseNative },
  // Birth and will of a device: for whoever shows who is online. They carry no reading.
  { prefix: 'status/', parse: () => holdsNoReadings },
  { prefix: chirpstackPrefix, parse: parseChirpstack },
  { prefix: thingsStackPrefix, parse: parseThingsStack },
]

const assumesPlainNames: KnowsSensor = () => undefined

/**
 * Reads a message in whichever stateless dialect its topic names; Sparkplug is `WireReader`'s. Never throws, and pure
 * but for `knows`, which says whether there is such a sensor (`asset/quantity`): only SenML asks, to tell a sensor of
 * ours from a name of the device's own. Without it, a plain SenML name is taken for a quantity.
 */
export function parseMessage(message: Message, knows: KnowsSensor = assumesPlainNames): Parsed {
  for (const dialect of dialects) if (message.topic.startsWith(dialect.prefix)) return dialect.parse(message, knows)
  return refused(
    'unknown-topic',
    `no dialect is known for topic ${quoted(message.topic)}: expected telemetry/{asset}/{quantity} or telemetry/{asset}`,
  )
}
