import type { WireFault } from './parsed.ts'
import type { KnowsSensor } from './senml.ts'
import { sourceName } from './source-name.ts'
import { quoted } from './value.ts'

/** RFC 8428 section 4.5.1. */
const lawfulName = /^[A-Za-z0-9][A-Za-z0-9\-:./_]*$/

export type SenmlSender = { readonly device: string; readonly asset: string; readonly knows: KnowsSensor }

/**
 * Which sensor or source a resolved SenML name means, published for an asset: `vibration`, `pump-07/vibration` and a name
 * that ends in `/vibration` or `:vibration` are the asset's sensor, where there is such a sensor. Any other is a name of
 * the device's own. The standard wants those unique in the world; one that plainly is not (`temp`) gets the asset before
 * it, or two assets behind one gateway would be mixed.
 */
export function senmlPlace(name: string, { device, asset, knows }: SenmlSender): string | WireFault {
  if (!lawfulName.test(name))
    return {
      reason: 'wrong-shape',
      detail: `SenML name ${quoted(name)} is not lawful: it begins with a letter or digit, and has only these and - : . / _`,
    }
  const quantity = name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf(':')) + 1)
  const sensor = `${asset}/${quantity}`
  const known = quantity === '' ? false : knows(sensor)
  if (known === true && !isOfAnother(name, sensor, knows)) return sensor
  if (known === undefined && (name === quantity || name === sensor)) return sensor
  const isPlain = !name.includes(':') && !name.startsWith(`${asset}/`)
  return sourceName('senml', device, isPlain ? `${asset}/${name}` : name)
}

/** `pump-08/vibration`, published for pump-07, is not pump-07's. */
function isOfAnother(name: string, sensor: string, knows: KnowsSensor): boolean {
  const named = /[^/:]+\/[^/:]+$/.exec(name)?.[0]
  return named !== undefined && named !== sensor && knows(named) === true
}
