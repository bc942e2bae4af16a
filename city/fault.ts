/** One fault in a file somebody wrote. All faults of a file are reported together. */
export type FileFault = {
  readonly file: string
  /** 1-based; absent when the whole file is meant. */
  readonly line?: number
  readonly column?: number
  /** What is wrong and what was expected, with the offending value quoted. */
  readonly message: string
}

/** `city.yaml:12:7: criticality 9: expected a whole number from 1 to 5`. */
export function formatFault(fault: FileFault): string {
  const place = [fault.file, fault.line, fault.line === undefined ? undefined : fault.column]
  return `${place.filter((part) => part !== undefined).join(':')}: ${fault.message}`
}

/** Thrown when a file cannot be used; carries every fault found. */
export class FileFaults extends Error {
  readonly code = 'FILE_INVALID'
  readonly faults: readonly FileFault[]
  constructor(faults: readonly FileFault[]) {
    super(faults.map(formatFault).join('\n'))
    this.faults = faults
  }
}
