import type { WireFault } from './parsed.ts'
import { quoted } from './value.ts'

// Characters. The registry keeps them as keys, people read them in lists.
export const sourceNameLengthMax = 256

/** Control characters, and what decoding makes of bytes that are not UTF-8: no lists and logs with these. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is control characters that are looked for
const unlawful = /[\u0000-\u001f\u007f-\u009f\ufffd\u2028\u2029]/

/**
 * What a foreign device's value is called here: `{dialect}:{device address}/{its own name}`. A mapping in the registry
 * makes it a sensor. No sensor id of ours holds a colon, so the two cannot be mistaken for each other.
 */
export function sourceName(dialect: string, address: string, name: string): string | WireFault {
  if (name === '') return { reason: 'wrong-shape', detail: `a value of ${quoted(address)} has no name` }
  if (dialect.length + address.length + name.length + 2 > sourceNameLengthMax)
    return {
      reason: 'wrong-shape',
      detail: `name ${quoted(name)} is too long: with the device's address it has more than ${sourceNameLengthMax} characters`,
    }
  const source = `${dialect}:${address}/${name}`
  return unlawful.test(source)
    ? { reason: 'wrong-shape', detail: `name ${quoted(name)} has characters that cannot be shown` }
    : source
}
