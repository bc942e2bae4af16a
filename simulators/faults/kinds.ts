import type { FaultShape } from './fault.ts'

/** A way of breaking that the world knows how to show. */
export type FaultKind = {
  readonly kind: string
  readonly class: string
  readonly failureMode: string
  readonly shape: FaultShape
  /** The quantity that shows it first; an asset without that sensor breaks unseen, and is left in peace. */
  readonly shownBy: string
  /** From onset to functional failure. */
  readonly hours: { readonly min: number; readonly max: number }
}

function kind(
  name: string,
  assetClass: string,
  failureMode: string,
  shownBy: string,
  shape: FaultShape,
  min: number,
  max: number,
): FaultKind {
  return { kind: name, class: assetClass, failureMode, shownBy, shape, hours: { min, max } }
}

/** Development times are short for the field (weeks there are days here), so that a town shows its troubles in a week or two. */
export const faultKinds: readonly FaultKind[] = [
  kind('bearing-wear', 'drinking-water-pump', 'bearing-wear', 'vibration', 'exponential', 48, 240),
  kind('impeller-wear', 'drinking-water-pump', 'impeller-wear', 'pressure', 'linear', 120, 336),
  kind('seal-leak', 'drinking-water-pump', 'seal-leak', 'pressure', 'exponential', 2, 3),
  kind('level-control', 'reservoir', 'level-control', 'level', 'linear', 36, 60),
  kind('low-disinfectant', 'reservoir', 'low-disinfectant', 'chlorine', 'linear', 36, 120),
  kind('leak', 'pressure-zone', 'leak', 'night-flow', 'linear', 120, 288),
  kind('burst', 'pressure-zone', 'leak', 'pressure', 'exponential', 0.9, 1.2),
  kind('low-pressure', 'pressure-zone', 'low-pressure', 'pressure', 'linear', 12, 48),
  kind('blockage', 'sewer-chamber', 'blockage', 'level', 'exponential', 18, 72),
  kind('battery-low', 'sewer-chamber', 'battery-low', 'battery', 'linear', 96, 336),
  kind('pump-blockage', 'lift-station', 'pump-blockage', 'pump-current', 'linear', 1, 6),
  kind('pump-wear', 'lift-station', 'pump-wear', 'pump-current', 'linear', 120, 288),
  kind('settlement', 'bridge', 'settlement', 'tilt', 'steps', 120, 288),
  kind('scour', 'bridge', 'scour', 'scour-depth', 'linear', 60, 168),
  kind('joint-seizure', 'bridge', 'joint-seizure', 'joint-gap', 'linear', 120, 240),
  kind('lamp-failure', 'streetlight-circuit', 'lamp-failure', 'lamps-out', 'linear', 96, 288),
  kind('control-failure', 'streetlight-circuit', 'control-failure', 'power', 'linear', 72, 120),
  kind('supply-fault', 'streetlight-circuit', 'supply-fault', 'voltage', 'linear', 6, 48),
  kind('power-supply', 'road-weather-station', 'power-supply', 'supply-voltage', 'linear', 72, 240),
  kind('gauge-blocked', 'road-weather-station', 'gauge-blocked', 'rain', 'linear', 72, 168),
  kind('door-wear', 'lift', 'door-wear', 'door-time', 'exponential', 72, 288),
  kind('drive-overheating', 'lift', 'drive-overheating', 'motor-temperature', 'linear', 72, 192),
  kind('guide-wear', 'lift', 'guide-wear', 'vibration', 'exponential', 96, 288),
  kind('handrail-wear', 'escalator', 'handrail-wear', 'handrail-slip', 'exponential', 48, 192),
  kind('drive-overheating', 'escalator', 'drive-overheating', 'motor-temperature', 'linear', 72, 192),
  kind('step-chain-wear', 'escalator', 'step-chain-wear', 'vibration', 'exponential', 96, 288),
  kind('sampling-pump', 'air-quality-station', 'sampling-pump', 'sample-flow', 'linear', 48, 192),
  kind('cabinet-cooling', 'air-quality-station', 'cabinet-cooling', 'cabinet-temperature', 'linear', 24, 96),
  kind('overheating', 'transformer', 'overheating', 'oil-temperature', 'linear', 72, 192),
  kind('insulation', 'transformer', 'insulation', 'hydrogen', 'exponential', 168, 336),
  kind('oil-leak', 'transformer', 'oil-leak', 'oil-level', 'linear', 96, 240),
  kind('heating-failure', 'public-building', 'heating-failure', 'supply-temperature', 'linear', 12, 48),
  kind('ventilation-failure', 'public-building', 'ventilation-failure', 'co2', 'linear', 72, 168),
  kind('water-leak', 'public-building', 'water-leak', 'water-flow', 'linear', 72, 144),
  kind('power-supply', 'gateway', 'power-supply', 'supply-voltage', 'linear', 24, 96),
  kind('radio-fault', 'gateway', 'radio-fault', 'signal', 'linear', 24, 72),
]

export function faultKind(assetClass: string, name: string): FaultKind | undefined {
  return faultKinds.find((candidate) => candidate.class === assetClass && candidate.kind === name)
}
