/** What a formula says, as a tree. Names are resolved and units are checked by who reads it. */
export type Expression =
  | { readonly kind: 'number'; readonly value: number; readonly unit: string; readonly place: number }
  | { readonly kind: 'name'; readonly name: string; readonly place: number }
  | { readonly kind: 'negative'; readonly of: Expression; readonly place: number }
  | {
      readonly kind: 'operation'
      readonly operator: Operator
      readonly left: Expression
      readonly right: Expression
      readonly place: number
    }
  | { readonly kind: 'call'; readonly name: string; readonly of: readonly Expression[]; readonly place: number }

export type Operator = '+' | '-' | '*' | '/'

/** What cannot be read, and at which character (from 1). */
export class FormulaFault extends Error {
  readonly place: number

  constructor(place: number, message: string) {
    super(message)
    this.place = place
  }
}

type Token = {
  readonly kind: 'number' | 'name' | 'unit' | 'sign' | 'end'
  readonly text: string
  readonly place: number
}

// A quantity's hyphen stands between letters without spaces; a minus has a space beside it, or a number or a parenthesis.
const tokenPatterns: readonly (readonly [Token['kind'], RegExp])[] = [
  ['number', /^\d+(?:\.\d+)?(?:e[+-]?\d+)?/i],
  ['name', /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*(?:\.[a-z][a-z0-9]*(?:-[a-z0-9]+)*)?/],
  ['unit', /^"[^"]+"/],
  ['sign', /^[-+*/(),]/],
]

/** More is no formula but a program; the depth of its parentheses is bounded by this too. */
const lettersMax = 500

/** Reads a formula such as `(outlet-pressure - inlet-pressure) * flow / power`; throws FormulaFault. */
export function parseFormula(text: string): Expression {
  if (text.length > lettersMax)
    throw new FormulaFault(lettersMax, `${text.length} characters: expected at most ${lettersMax}`)
  const reader = new Reader(tokensOf(text))
  const expression = reader.sum()
  reader.end()
  return expression
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  while (at < text.length) {
    const rest = text.slice(at)
    const space = /^\s+/.exec(rest)?.[0].length ?? 0
    if (space > 0) {
      at += space
      continue
    }
    const found = tokenPatterns.flatMap(([kind, pattern]) => {
      const match = pattern.exec(rest)?.[0]
      return match === undefined ? [] : [{ kind, text: match, place: at + 1 }]
    })[0]
    if (found === undefined)
      throw new FormulaFault(at + 1, `"${text.charAt(at)}": expected a quantity, a number, + - * / or a parenthesis`)
    tokens.push(found)
    at += found.text.length
  }
  tokens.push({ kind: 'end', text: 'the end', place: text.length + 1 })
  return tokens
}

/** Reads by descent: a sum of products of single things. */
class Reader {
  readonly #tokens: readonly Token[]
  #next = 0

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  sum(): Expression {
    return this.#chain(['+', '-'], () => this.#product())
  }

  end(): void {
    const token = this.#peek()
    if (token.kind !== 'end') throw new FormulaFault(token.place, `"${token.text}": expected + - * / or the end`)
  }

  #product(): Expression {
    return this.#chain(['*', '/'], () => this.#single())
  }

  #chain(operators: readonly Operator[], part: () => Expression): Expression {
    let left = part()
    for (;;) {
      const { text, place } = this.#peek()
      const operator = operators.find((each) => each === text)
      if (operator === undefined) return left
      this.#next++
      left = { kind: 'operation', operator, left, right: part(), place }
    }
  }

  #single(): Expression {
    const token = this.#take()
    const { text, place } = token
    if (token.kind === 'number') return { kind: 'number', value: Number(text), unit: this.#unit(), place }
    if (token.kind === 'name')
      return this.#peek().text === '(' ? this.#call(text, place) : { kind: 'name', name: text, place }
    if (text === '-') return { kind: 'negative', of: this.#single(), place }
    if (text === '(') {
      const inside = this.sum()
      this.#expect(')')
      return inside
    }
    throw new FormulaFault(place, `${text === 'the end' ? text : `"${text}"`}: expected a quantity, a number or "("`)
  }

  #call(name: string, place: number): Expression {
    this.#expect('(')
    const of = [this.sum()]
    while (this.#peek().text === ',') {
      this.#next++
      of.push(this.sum())
    }
    this.#expect(')')
    return { kind: 'call', name, of, place }
  }

  #unit(): string {
    const { kind, text } = this.#peek()
    if (kind !== 'unit') return '1'
    this.#next++
    return text.slice(1, -1)
  }

  #expect(text: string): void {
    const token = this.#take()
    if (token.text !== text) throw new FormulaFault(token.place, `"${token.text}": expected "${text}"`)
  }

  #peek(): Token {
    return this.#tokens[this.#next] ?? { kind: 'end', text: 'the end', place: 0 }
  }

  #take(): Token {
    const token = this.#peek()
    this.#next++
    return token
  }
}
