const [quote, comma, point, colon, minus] = [0x22, 0x2c, 0x2e, 0x3a, 0x2d]
const [openBrace, closeBrace, openBracket, closeBracket] = [0x7b, 0x7d, 0x5b, 0x5d]
const [zero, nine, backslash, letterT, letterZ] = [0x30, 0x39, 0x5c, 0x54, 0x5a]

// Up to 15 digits are exact in a double, and so are the powers of ten to divide by: one rounding, the right one.
const exactDigitsMax = 15
const powersOfTen = Float64Array.from({ length: exactDigitsMax + 1 }, (_, exponent) => 10 ** exponent)

// As in observed-at.ts: below it is seconds, above milliseconds, and above that nothing that is accepted.
const secondsBelow = 1e11
const millisecondsBelow = 1e14

/**
 * Walks over a JSON text in bytes and reads the few things that plain messages are made of. Whatever else it meets sets
 * `failed` (or answers `false`), and the text is then for somebody else to read. One object serves all messages.
 *
 * A walk over an object: `open`, then for each member `isKey` … and one value, then `next`; at the end `closed`.
 */
export class JsonBytes {
  #bytes: Uint8Array = new Uint8Array()
  #at = 0
  /** The key of the member we are at. */
  #keyFrom = 0
  #keyTo = 0
  failed = false

  over(bytes: Uint8Array): this {
    this.#bytes = bytes
    this.#at = 0
    this.failed = false
    return this
  }

  /** Into an object and to its first member's value; `false` when there is none. */
  open(): boolean {
    return this.#take(openBrace) && this.#readKey()
  }

  next(): boolean {
    if (this.failed || !this.#take(comma)) return false
    if (!this.#readKey()) this.failed = true
    return !this.failed
  }

  closed(): boolean {
    return !this.failed && this.#take(closeBrace)
  }

  openList(): boolean {
    return this.#take(openBracket)
  }

  nextInList(): boolean {
    return this.#take(comma)
  }

  closedList(): boolean {
    return this.#take(closeBracket)
  }

  isAtEnd(): boolean {
    this.#skipSpace()
    return this.#at === this.#bytes.length
  }

  isKey(word: Uint8Array): boolean {
    return this.#isWord(word, this.#keyFrom, this.#keyTo)
  }

  /** A decimal of at most 15 digits, without an exponent. */
  number(): number {
    this.#skipSpace()
    const bytes = this.#bytes
    const start = this.#at
    let at = bytes[start] === minus ? start + 1 : start
    const firstDigit = at
    let mantissa = 0
    let digits = 0
    let decimals = -1
    for (; ; at += 1) {
      const byte = bytes[at] as number
      if (byte >= zero && byte <= nine) {
        mantissa = mantissa * 10 + (byte - zero)
        digits += 1
        if (decimals >= 0) decimals += 1
      } else if (byte === point && decimals < 0 && digits > 0) decimals = 0
      else break
    }
    const isLeadingZero = bytes[firstDigit] === zero && digits > 1 && bytes[firstDigit + 1] !== point
    if (digits === 0 || digits > exactDigitsMax || decimals === 0 || isLeadingZero) return this.#fail()
    this.#at = at
    const value = decimals > 0 ? mantissa / (powersOfTen[decimals] as number) : mantissa
    return bytes[start] === minus ? -value : value
  }

  /** Unix seconds or milliseconds, or ISO 8601 in UTC with whole seconds or milliseconds; in milliseconds. */
  instant(): number {
    this.#skipSpace()
    if (this.#bytes[this.#at] === quote) return this.#isoInstant()
    const given = this.number()
    if (this.failed || given < 0 || given >= millisecondsBelow) return this.#fail()
    return Math.round(given < secondsBelow ? given * 1_000 : given)
  }

  /** The place of the text that comes next among these words. */
  word(words: readonly Uint8Array[]): number {
    this.#skipSpace()
    const from = this.#at + 1
    const to = this.#endOfText()
    for (let place = 0; place < words.length; place += 1)
      if (to >= 0 && this.#isWord(words[place] as Uint8Array, from, to)) return place
    return this.#fail()
  }

  /** `"2026-05-04T10:00:00Z"`, `"2026-05-04T10:00:00.250Z"`. */
  #isoInstant(): number {
    const from = this.#at + 1
    const to = this.#endOfText()
    const bytes = this.#bytes
    const length = to - from
    if (to < 0 || (length !== 20 && length !== 24) || bytes[to - 1] !== letterZ) return this.#fail()
    const year = this.#digits(from, 4)
    const month = this.#digits(from + 5, 2)
    const day = this.#digits(from + 8, 2)
    const hour = this.#digits(from + 11, 2)
    const minute = this.#digits(from + 14, 2)
    const second = this.#digits(from + 17, 2)
    const ms = length === 24 ? this.#digits(from + 20, 3) : 0
    const isDelimited =
      bytes[from + 4] === minus &&
      bytes[from + 7] === minus &&
      bytes[from + 10] === letterT &&
      bytes[from + 13] === colon &&
      bytes[from + 16] === colon &&
      (length === 20 || bytes[from + 19] === point)
    // Days that some months do not have are left to the reader that says so.
    const isOrdinary = year >= 1970 && month >= 1 && month <= 12 && day >= 1 && day <= 28
    if (!isDelimited || !isOrdinary || hour > 23 || minute > 59 || second > 59 || this.failed) return this.#fail()
    return Date.UTC(year, month - 1, day, hour, minute, second, ms)
  }

  #digits(from: number, count: number): number {
    let value = 0
    for (let at = from; at < from + count; at += 1) {
      const digit = (this.#bytes[at] as number) - zero
      if (!(digit >= 0 && digit <= 9)) return this.#fail()
      value = value * 10 + digit
    }
    return value
  }

  /** To the value of the next member. */
  #readKey(): boolean {
    this.#skipSpace()
    this.#keyFrom = this.#at + 1
    this.#keyTo = this.#endOfText()
    return this.#keyTo >= 0 && this.#take(colon)
  }

  /** Passes over a text without escapes and answers where it ends; -1 when there is none. */
  #endOfText(): number {
    const bytes = this.#bytes
    if (bytes[this.#at] !== quote) return -1
    for (let at = this.#at + 1; at < bytes.length; at += 1) {
      const byte = bytes[at] as number
      // Escapes, control characters and what is not ASCII.
      if (byte === backslash || byte < 0x20 || byte >= 0x7f) return -1
      if (byte !== quote) continue
      this.#at = at + 1
      return at
    }
    return -1
  }

  #isWord(word: Uint8Array, from: number, to: number): boolean {
    if (word.length !== to - from) return false
    for (let at = 0; at < word.length; at += 1) if (this.#bytes[from + at] !== word[at]) return false
    return true
  }

  #take(wanted: number): boolean {
    this.#skipSpace()
    if (this.#bytes[this.#at] !== wanted) return false
    this.#at += 1
    return true
  }

  #skipSpace(): void {
    const bytes = this.#bytes
    let byte = bytes[this.#at]
    while (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) byte = bytes[++this.#at]
  }

  #fail(): number {
    this.failed = true
    return Number.NaN
  }
}
