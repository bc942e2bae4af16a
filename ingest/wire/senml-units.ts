/**
 * SenML units that UCUM writes differently. From the IANA registry "Sensor Measurement Lists (SenML)": units of RFC 8428
 * section 12.1 and secondary units of RFC 8798; the others are the same in both and pass as they are.
 */
const ucum: Readonly<Record<string, string>> = {
  // RFC 8428
  lat: 'deg',
  lon: 'deg',
  pH: '[pH]',
  dBW: 'dB[W]',
  Bspl: 'B[SPL]',
  count: '{count}',
  '/': '1',
  '%RH': '%',
  '%EL': '%',
  EL: 's',
  '1/s': '/s',
  '1/min': '/min',
  'beat/min': '{beat}/min',
  beats: '{beat}',
  'S/m': 'S/m',
  VA: 'V.A',
  VAs: 'V.A.s',
  var: 'V.A{reactive}',
  vars: 'V.A{reactive}.s',
  B: 'By',
  NTU: '[NTU]',
  // RFC 8798
  kVA: 'kV.A',
  kvar: 'kV.A{reactive}',
  Ah: 'A.h',
  Wh: 'W.h',
  kWh: 'kW.h',
  varh: 'V.A{reactive}.h',
  kvarh: 'kV.A{reactive}.h',
  kVAh: 'kV.A.h',
  'Wh/km': 'W.h/km',
  KiB: 'KiBy',
  GB: 'GBy',
  'B/s': 'By/s',
  'MB/s': 'MBy/s',
  dBm: 'dB[mW]',
  ppm: '[ppm]',
  '/100': '%',
  '/1000': '[ppth]',
}

/** The unit in UCUM; one that no registry knows stays as the device sent it. */
export function ucumOf(senmlUnit: string): string {
  return Object.hasOwn(ucum, senmlUnit) ? (ucum[senmlUnit] ?? senmlUnit) : senmlUnit
}
