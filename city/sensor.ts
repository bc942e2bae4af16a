import type { AssetId } from './asset.ts'
import type { QuantityDefinition } from './asset-class.ts'

/** `asset/quantity`, for instance `pump-07/vibration`. Made only by `sensorId` and `parseSensorId`. */
export type SensorId = string & { readonly __brand: 'SensorId' }

/** Measures one quantity of one asset. */
export type Sensor = { readonly id: SensorId; readonly asset: AssetId; readonly quantity: QuantityDefinition }

export function sensorId(asset: AssetId, quantity: string): SensorId {
  return `${asset}/${quantity}` as SensorId
}

const namePattern = /^[a-z0-9]+(-[a-z0-9]+)*$/

/** Lower-case letters, digits and single hyphens: safe in a topic, a file name and an address. */
export function isName(text: string): boolean {
  return text.length <= 64 && namePattern.test(text)
}

export function parseSensorId(text: string): SensorId | undefined {
  const [asset, quantity, ...rest] = text.split('/')
  if (asset === undefined || quantity === undefined || rest.length > 0) return undefined
  return isName(asset) && isName(quantity) ? sensorId(asset, quantity) : undefined
}
