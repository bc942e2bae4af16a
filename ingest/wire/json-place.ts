/*
 * Where a text stops being JSON. The engine says that it is none, and the place only sometimes; asking it again for one
 * prefix after the other costs an error with its stack each time, and what is wrong may come thousands of times a second.
 */

const space = ' \t\n\r'
const words = ['true', 'false', 'null']
const wholeNumber = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
/** As far as a number may have come. */
const begunNumber = /-?(?:(?:0|[1-9]\d*)(?:\.(?:\d+(?:[eE][+-]?\d*)?)?|[eE][+-]?\d*)?)?/y
// biome-ignore lint/suspicious/noControlCharactersInRegex: what may stand in a string as it is
const plain = /[^"\\\u0000-\u001f]*/y
const escaped = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y
/** As far as an escape may have come. */
const begunEscape = /\\(?:u[0-9a-fA-F]{0,3})?/y

/** The first character that cannot stand where it does; the text's length: it ends too early; `undefined`: it is JSON. */
export function whereJsonFails(text: string): number | undefined {
  const place = new Place(text)
  return place.walk() ? undefined : place.at
}

class Place {
  readonly #text: string
  /** What closes the objects and lists we are in. */
  readonly #open: ('}' | ']')[] = []
  at = 0

  constructor(text: string) {
    this.#text = text
  }

  /** Over the whole text; `false`: it failed at `at`. */
  walk(): boolean {
    do {
      if (!this.#value()) return false
      if (!this.#close()) return false
    } while (this.#open.length > 0)
    this.#skipSpace()
    return this.at === this.#text.length
  }

  /** Into lists and objects, up to and over the first value that is neither, or the end of an empty one. */
  #value(): boolean {
    for (;;) {
      this.#skipSpace()
      const first = this.#text[this.at]
      if (first === '[') {
        this.at += 1
        this.#open.push(']')
        this.#skipSpace()
        if (this.#text[this.at] === ']') return true
      } else if (first === '{') {
        this.at += 1
        this.#open.push('}')
        this.#skipSpace()
        if (this.#text[this.at] === '}') return true
        if (!this.#key()) return false
      } else return this.#scalar(first)
    }
  }

  #scalar(first: string | undefined): boolean {
    if (first === '"') return this.#string()
    const word = words.find((each) => each[0] === first)
    return word === undefined ? this.#number() : this.#word(word)
  }

  /** Over all that ends here, and over the comma before the next value. */
  #close(): boolean {
    for (let closing = this.#open.at(-1); closing !== undefined; closing = this.#open.at(-1)) {
      this.#skipSpace()
      const next = this.#text[this.at]
      if (next !== closing && next !== ',') return false
      this.at += 1
      if (next === ',') return closing === ']' || this.#key()
      this.#open.pop()
    }
    return true
  }

  #key(): boolean {
    this.#skipSpace()
    if (this.#text[this.at] !== '"' || !this.#string()) return false
    this.#skipSpace()
    if (this.#text[this.at] !== ':') return false
    this.at += 1
    return true
  }

  #string(): boolean {
    this.at += 1
    do this.#skip(plain)
    while (this.#skip(escaped))
    if (this.#text[this.at] === '"') {
      this.at += 1
      return true
    }
    this.#skip(begunEscape)
    return false
  }

  #word(word: string): boolean {
    for (const letter of word) {
      if (this.#text[this.at] !== letter) return false
      this.at += 1
    }
    return true
  }

  #number(): boolean {
    const from = this.at
    const isBegun = this.#skip(begunNumber)
    const to = this.at
    this.at = from
    const isWhole = isBegun && this.#skip(wholeNumber) && this.at === to
    this.at = to
    return isWhole
  }

  #skipSpace(): void {
    while (this.at < this.#text.length && space.includes(this.#text[this.at] as string)) this.at += 1
  }

  /** Over what matches here; `false`: nothing does. */
  #skip(pattern: RegExp): boolean {
    pattern.lastIndex = this.at
    if (!pattern.test(this.#text)) return false
    const isMoved = pattern.lastIndex > this.at
    this.at = pattern.lastIndex
    return isMoved
  }
}
