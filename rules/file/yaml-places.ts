import { isMap, isPair, isScalar, LineCounter, type Node, parseDocument } from 'yaml'
import type { FileFault } from '../../city/index.ts'

export type YamlPath = readonly PropertyKey[]

/** A YAML text that knows where each of its values stands, so that a fault can name line and column. */
export class YamlFile {
  readonly file: string
  readonly #text: string
  readonly #lines = new LineCounter()
  readonly #document: ReturnType<typeof parseDocument>

  constructor(file: string, text: string) {
    this.file = file
    this.#text = text
    this.#document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false })
  }

  /** What is wrong with the YAML itself, before any schema is asked. */
  syntaxFaults(): FileFault[] {
    return this.#document.errors.map((error) => ({
      file: this.file,
      ...this.#placeAt(error.pos[0]),
      message: error.message,
    }))
  }

  value(): unknown {
    return this.#document.toJS()
  }

  /** A fault at a value; at the nearest enclosing one where the value is missing. */
  fault(path: YamlPath, message: string): FileFault {
    for (let length = path.length; length >= 0; length--) {
      const offset = this.#offsetOf(path.slice(0, length))
      if (offset !== undefined) return { file: this.file, ...this.#placeAt(offset), message }
    }
    return { file: this.file, message }
  }

  /** A fault at a key that should not be there. */
  keyFault(path: YamlPath, key: string, message: string): FileFault {
    const holder = this.#nodeAt(path)
    if (!isMap(holder)) return this.fault(path, message)
    const pair = holder.items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === key)
    const offset = isScalar(pair?.key) ? pair.key.range?.[0] : undefined
    return offset === undefined ? this.fault(path, message) : { file: this.file, ...this.#placeAt(offset), message }
  }

  /** The text of a value as it was written, its own indentation taken off. */
  textOf(path: YamlPath): string {
    const range = this.#nodeAt(path)?.range
    if (!range) return ''
    const indent = this.#lines.linePos(range[0]).col - 1
    return this.#text
      .slice(range[0], range[1])
      .split('\n')
      .map((line, index) => (index === 0 ? line : line.replace(new RegExp(`^ {0,${indent}}`), '')))
      .join('\n')
      .trimEnd()
  }

  #nodeAt(path: YamlPath): Node | undefined {
    const found: unknown = path.length === 0 ? this.#document.contents : this.#document.getIn(path, true)
    return typeof found === 'object' && found !== null && 'range' in found ? (found as Node) : undefined
  }

  #offsetOf(path: YamlPath): number | undefined {
    return this.#nodeAt(path)?.range?.[0]
  }

  #placeAt(offset: number): { line: number; column: number } {
    const { line, col } = this.#lines.linePos(offset)
    return { line, column: col }
  }
}
