/**
 * Trouble the person who started the program can mend: a port in use, a folder that cannot be written. Shown as one
 * line (what, where, what to do) and never with a stack. `code` is stable and listed in docs/errors.md.
 */
export class Refusal extends Error {
  readonly code: string
  constructor(code: string, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
  }
}
