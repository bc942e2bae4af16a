/*
 * InfluxDB line protocol, as InfluxDB 2 reads it:
 *
 *     measurement[,tag=value…] field=value[,field=value…] [timestamp]
 *
 * A backslash escapes a comma, a space and (not in a measurement) an equals sign; before anything else it is itself. In a
 * text field it escapes the quote and itself, and a text may hold line feeds. `#` begins a line that is a comment.
 * One pass over the characters: the work is bounded by the length.
 */

export type FieldValue =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'text'; readonly value: string }

export type Point = {
  /** From 1, as an editor counts. */
  readonly line: number
  readonly measurement: string
  /** As sent; no key twice. */
  readonly tags: ReadonlyMap<string, string>
  readonly fields: ReadonlyMap<string, FieldValue>
  /** In the unit that the request says. */
  readonly timestamp: bigint | undefined
}

export type LineFault = { readonly line: number; readonly column: number; readonly detail: string }

export type Lines = {
  readonly points: readonly Point[]
  readonly faults: readonly LineFault[]
  /** Lines that hold a point or should. */
  readonly lines: number
}

/** Reads every line; a bad one does not spoil the others. Stops after `fieldsMax` fields: `'too many'`. */
export function readLines(text: string, fieldsMax: number): Lines | 'too many' {
  const reader = new LineReader(text)
  const points: Point[] = []
  const faults: LineFault[] = []
  let fields = 0
  while (reader.toNextLine()) {
    const read = reader.readPoint()
    if ('detail' in read) faults.push(read)
    else {
      points.push(read)
      fields += read.fields.size
    }
    if (fields + faults.length > fieldsMax) return 'too many'
  }
  return { points, faults, lines: points.length + faults.length }
}

const lineFeed = 0x0a
const carriageReturn = 0x0d
const tab = 0x09
const space = 0x20
const quote = 0x22
const hash = 0x23
const comma = 0x2c
const equals = 0x3d
const backslash = 0x5c

/**
 * Why the line is not a point; thrown and caught in here, so that no step of reading needs to hand it on. No `Error`:
 * there may be one a line, and nobody reads its stack.
 */
class Unreadable {
  readonly at: number
  readonly detail: string
  constructor(at: number, detail: string) {
    this.at = at
    this.detail = detail
  }
}

class LineReader {
  readonly #text: string
  #at = 0
  #line = 1
  #lineStart = 0

  constructor(text: string) {
    this.#text = text
  }

  /** To the first character of the next line that is neither empty nor a comment. */
  toNextLine(): boolean {
    for (;;) {
      this.#skipBlanks()
      const code = this.#code()
      if (Number.isNaN(code)) return false
      if (code === hash) this.#skipLine()
      if (this.#code() === lineFeed) this.#newLine()
      else if (code !== hash) return true
    }
  }

  readPoint(): Point | LineFault {
    const line = this.#line
    const lineStart = this.#lineStart
    try {
      const measurement = this.#name('measurement', false)
      const tags = this.#tags()
      const fields = this.#fields()
      const timestamp = this.#timestamp()
      return { line, measurement, tags, fields, timestamp }
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error
      this.#skipLine()
      // A text that is not closed may have run over lines; the place is told by where its line begins.
      return { line, column: error.at - lineStart + 1, detail: error.detail }
    }
  }

  #tags(): ReadonlyMap<string, string> {
    const tags = new Map<string, string>()
    while (this.#code() === comma) {
      this.#at++
      const at = this.#at
      const key = this.#name('tag key', true)
      this.#expectEquals(`tag ${shown(key)}`)
      const value = this.#name(`value of tag ${shown(key)}`, true)
      if (tags.has(key)) throw new Unreadable(at, `tag ${shown(key)} is given twice`)
      tags.set(key, value)
    }
    if (!this.#skipBlanks()) throw new Unreadable(this.#at, 'expected a space and then the fields')
    return tags
  }

  #fields(): ReadonlyMap<string, FieldValue> {
    const fields = new Map<string, FieldValue>()
    for (;;) {
      const key = this.#name('field key', true)
      this.#expectEquals(`field ${shown(key)}`)
      fields.set(key, this.#value(key))
      if (this.#code() !== comma) return fields
      this.#at++
    }
  }

  #expectEquals(what: string): void {
    if (this.#code() !== equals) throw new Unreadable(this.#at, `${what} has no value: expected "="`)
    this.#at++
  }

  /** Up to a comma, a blank or (`endsAtEquals`) an equals sign, escapes undone. */
  #name(what: string, endsAtEquals: boolean): string {
    const text = this.#text
    const start = this.#at
    let escaped = false
    for (;;) {
      const code = this.#code()
      if (Number.isNaN(code) || isBlank(code) || code === lineFeed || code === comma) break
      if (code === equals && endsAtEquals) break
      if (code === backslash && isEscapable(text.charCodeAt(this.#at + 1), endsAtEquals)) {
        escaped = true
        this.#at++
      }
      this.#at++
    }
    if (this.#at === start) throw new Unreadable(start, `the ${what} is missing`)
    const name = text.slice(start, this.#at)
    if (!escaped) return name
    return name.replace(endsAtEquals ? /\\([, =])/g : /\\([, ])/g, '$1')
  }

  #value(key: string): FieldValue {
    if (this.#code() === quote) return { kind: 'text', value: this.#quoted(key) }
    const start = this.#at
    for (let code = this.#code(); !isEndOfValue(code); code = this.#code()) this.#at++
    const written = this.#text.slice(start, this.#at)
    const value = plainValue(written)
    if (value !== undefined) return value
    throw new Unreadable(
      start,
      written === ''
        ? `field ${shown(key)} has no value`
        : `value ${shown(written)} of field ${shown(key)} is no number, boolean or "text"`,
    )
  }

  #quoted(key: string): string {
    const text = this.#text
    const start = this.#at
    this.#at++
    let escaped = false
    for (;;) {
      const code = this.#code()
      if (Number.isNaN(code)) {
        // The rest may well be good lines: only the one with the open quote is lost.
        this.#returnTo(start)
        throw new Unreadable(start, `the text of field ${shown(key)} is not closed: expected "`)
      }
      if (code === quote) break
      if (code === backslash && isQuotable(text.charCodeAt(this.#at + 1))) {
        escaped = true
        this.#at++
      } else if (code === lineFeed) this.#newLineWithin()
      this.#at++
    }
    const value = text.slice(start + 1, this.#at)
    this.#at++
    if (!isEndOfValue(this.#code()))
      throw new Unreadable(this.#at, `expected a comma or a space behind the text of field ${shown(key)}`)
    return escaped ? value.replace(/\\(["\\])/g, '$1') : value
  }

  #timestamp(): bigint | undefined {
    this.#skipBlanks()
    const start = this.#at
    for (let code = this.#code(); !isBlank(code) && code !== lineFeed && !Number.isNaN(code); code = this.#code())
      this.#at++
    const written = this.#text.slice(start, this.#at)
    this.#skipBlanks()
    if (!Number.isNaN(this.#code()) && this.#code() !== lineFeed)
      throw new Unreadable(this.#at, 'expected the end of the line behind the timestamp')
    if (written === '') return undefined
    if (!/^-?\d{1,19}$/.test(written))
      throw new Unreadable(
        start,
        `timestamp ${shown(written)} is not a whole number: expected one like 1777888800000000000`,
      )
    return BigInt(written)
  }

  #code(): number {
    return this.#text.charCodeAt(this.#at)
  }

  #skipBlanks(): boolean {
    const start = this.#at
    while (isBlank(this.#code())) this.#at++
    return this.#at > start
  }

  #skipLine(): void {
    const end = this.#text.indexOf('\n', this.#at)
    this.#at = end < 0 ? this.#text.length : end
  }

  #newLine(): void {
    this.#at++
    this.#line++
    this.#lineStart = this.#at
  }

  #newLineWithin(): void {
    this.#line++
    this.#lineStart = this.#at + 1
  }

  #returnTo(at: number): void {
    this.#at = at
    // Lines were counted on the way: count those before it again.
    this.#lineStart = this.#text.lastIndexOf('\n', at - 1) + 1
    let line = 1
    for (let end = this.#text.indexOf('\n'); end >= 0 && end < at; end = this.#text.indexOf('\n', end + 1)) line++
    this.#line = line
  }
}

function isBlank(code: number): boolean {
  return code === space || code === tab || code === carriageReturn
}

function isEscapable(code: number, equalsToo: boolean): boolean {
  return code === comma || code === space || (equalsToo && code === equals)
}

function isQuotable(code: number): boolean {
  return code === quote || code === backslash
}

function isEndOfValue(code: number): boolean {
  return Number.isNaN(code) || code === comma || code === lineFeed || isBlank(code)
}

const float = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,4})?$/
const integer = /^-?\d{1,20}i$/
const unsigned = /^\d{1,20}u$/
const truths: Readonly<Record<string, boolean>> = {
  t: true,
  T: true,
  true: true,
  True: true,
  TRUE: true,
  f: false,
  F: false,
  false: false,
  False: false,
  FALSE: false,
}

function plainValue(written: string): FieldValue | undefined {
  if (Object.hasOwn(truths, written)) return { kind: 'boolean', value: truths[written] === true }
  if (float.test(written)) return finite(Number(written))
  if (integer.test(written)) return within(written, -(2n ** 63n), 2n ** 63n - 1n)
  if (unsigned.test(written)) return within(written, 0n, 2n ** 64n - 1n)
  return undefined
}

function finite(value: number): FieldValue | undefined {
  return Number.isFinite(value) ? { kind: 'number', value } : undefined
}

function within(written: string, min: bigint, max: bigint): FieldValue | undefined {
  const value = BigInt(written.slice(0, -1))
  return value >= min && value <= max ? { kind: 'number', value: Number(value) } : undefined
}

const shownLengthMax = 40

function shown(text: string): string {
  const quoted = JSON.stringify(text.slice(0, shownLengthMax + 1))
  return quoted.length > shownLengthMax ? `${quoted.slice(0, shownLengthMax)}…` : quoted
}
