import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import type { Kysely } from 'kysely'
import { type AssetClass, type Database, type FileFault, FileFaults, type Instant, Refusal } from '../../city/index.ts'
import { readRuleFiles, readRuleText } from '../file/read-rule-files.ts'
import type { Rule } from '../rule.ts'
import { asFile, entryIdOf, isRuleFileText, rulesFromText } from './rule-text.ts'
import type { SavedRuleTables } from './tables.ts'

/** Where a rule comes from: it ships, the city's own files have it, or it was changed here. */
export type RuleOrigin = 'library' | 'city' | 'changed'

/** One line of what was made of a rule. */
export type RuleVersion = {
  readonly at: Instant
  readonly by: string
  readonly note: string
  /** `undefined`: back to what its file says. */
  readonly text: string | undefined
}

export type RuleBookOptions = {
  readonly database: Database
  /** The rules that ship, and the city's own files. */
  readonly libraryFiles: readonly string[]
  readonly cityFiles: readonly string[]
  /** Where changed rules are kept, one file each. */
  readonly folder: string
  readonly classes: () => readonly AssetClass[]
}

export type RuleChange = { readonly by: string; readonly note: string; readonly at: Instant }

/**
 * The rules in force: the library, over it the city's own files, over those what was changed here. A change is a file of
 * its own in the data folder, written aside and renamed; who made it and what it said before is in the database.
 */
export class RuleBook {
  readonly #options: RuleBookOptions
  readonly #tables: Kysely<SavedRuleTables>
  /** As the files say, without what was changed here. */
  #given: readonly Rule[] = []
  #changed = new Map<string, readonly Rule[]>()

  private constructor(options: RuleBookOptions) {
    this.#options = options
    this.#tables = options.database.kysely.withTables<SavedRuleTables>()
  }

  /** @throws FileFaults with every fault of all files */
  static open(options: RuleBookOptions): RuleBook {
    const book = new RuleBook(options)
    book.#read()
    return book
  }

  rules(): readonly Rule[] {
    return [...this.#withoutChanged(this.#given), ...[...this.#changed.values()].flat()]
  }

  originOf(rule: Rule): RuleOrigin {
    const entry = entryIdOf(rule.text) ?? rule.id
    if (this.#changed.has(entry)) return 'changed'
    return this.#libraryIds().has(rule.id) ? 'library' : 'city'
  }

  /** The rules that stand under a rule's id in its file when nothing is changed here; none for a new one. */
  givenFor(rule: Rule): readonly Rule[] {
    const entry = entryIdOf(rule.text) ?? rule.id
    return this.#given.filter(({ text }) => entryIdOf(text) === entry)
  }

  /**
   * Reads what somebody typed, without taking it over. A rule that has a known id must keep it.
   * @throws FileFaults with line and column
   */
  check(text: string, name = 'rule'): readonly Rule[] {
    return rulesFromText(name, text, this.#options.classes())
  }

  /**
   * Takes a changed or new rule over.
   * @throws FileFaults, and Refusal RULE_ID_CHANGED
   */
  async save(id: string, text: string, change: RuleChange): Promise<readonly Rule[]> {
    const rules = this.#one(text)
    const known = this.rules().find((rule) => rule.id === id)
    const wanted = known === undefined ? id : (entryIdOf(known.text) ?? id)
    const entry = entryIdOf(text)
    if (entry !== wanted)
      throw new FileFaults([
        {
          file: 'rule',
          line: 1,
          column: 1,
          message: `id "${entry}": expected "${wanted}"; another id is another rule`,
        },
      ])
    const others = this.#withoutEntry(wanted).filter(({ id: other }) => rules.some((rule) => rule.id === other))
    if (others.length > 0)
      throw new FileFaults([
        {
          file: 'rule',
          line: 1,
          column: 1,
          message: `rule id "${others[0]?.id}" is taken already: expected another id`,
        },
      ])
    writeWhole(join(this.#options.folder, `${wanted}.yaml`), asFile(text))
    this.#changed = new Map(this.#changed).set(wanted, rules)
    await this.#note(wanted, change, text)
    return rules
  }

  /**
   * Goes back to what the files say.
   * @throws Refusal RULE_UNCHANGED where nothing was changed here
   */
  async restore(rule: Rule, change: RuleChange): Promise<readonly Rule[]> {
    const entry = entryIdOf(rule.text) ?? rule.id
    if (!this.#changed.has(entry))
      throw new Refusal('RULE_UNCHANGED', `rule "${rule.id}" is as its file has it: there is nothing to go back from`)
    rmSync(join(this.#options.folder, `${entry}.yaml`), { force: true })
    const changed = new Map(this.#changed)
    changed.delete(entry)
    this.#changed = changed
    await this.#note(entry, change, null)
    return this.#given.filter(({ text }) => entryIdOf(text) === entry)
  }

  /** What was made of a rule here, the newest first. */
  async versions(rule: Rule, limit: number): Promise<readonly RuleVersion[]> {
    const rows = await this.#tables
      .selectFrom('rule_version')
      .selectAll()
      .where('rule', '=', entryIdOf(rule.text) ?? rule.id)
      .orderBy('id', 'desc')
      .limit(limit)
      .execute()
    return rows.map(({ at, by, note, text }) => ({ at, by, note, text: text ?? undefined }))
  }

  #read(): void {
    const { libraryFiles, cityFiles, folder, classes } = this.#options
    this.#given = readRuleFiles([...libraryFiles, ...cityFiles], classes())
    const faults: FileFault[] = []
    for (const file of yamlFilesIn(folder)) {
      try {
        const rules = readRuleText(file, readFileSync(file, 'utf8'), classes())
        const [first] = rules
        if (first !== undefined) this.#changed.set(entryIdOf(first.text) ?? first.id, rules)
      } catch (error) {
        if (!(error instanceof FileFaults)) throw error
        faults.push(...error.faults)
      }
    }
    if (faults.length > 0) throw new FileFaults(faults)
  }

  /** One rule's text alone can be saved: several would need several histories. */
  #one(text: string): readonly Rule[] {
    if (isRuleFileText(text))
      throw new FileFaults([
        { file: 'rule', line: 1, column: 1, message: 'expected one rule, beginning with its id, without `rules:`' },
      ])
    return this.check(text)
  }

  #withoutEntry(entry: string): readonly Rule[] {
    return this.rules().filter(({ text }) => entryIdOf(text) !== entry)
  }

  #withoutChanged(rules: readonly Rule[]): readonly Rule[] {
    return this.#changed.size === 0 ? rules : rules.filter(({ id, text }) => !this.#changed.has(entryIdOf(text) ?? id))
  }

  #library: ReadonlySet<string> | undefined
  #libraryIds(): ReadonlySet<string> {
    this.#library ??= new Set(readRuleFiles(this.#options.libraryFiles, this.#options.classes()).map(({ id }) => id))
    return this.#library
  }

  async #note(rule: string, { by, note, at }: RuleChange, text: string | null): Promise<void> {
    await this.#tables.insertInto('rule_version').values({ rule, at, by, note, text }).execute()
  }
}

function yamlFilesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.yaml'))
      .sort()
      .map((name) => join(folder, name))
  } catch {
    return []
  }
}

/** Written aside, synced, then renamed: a crash leaves the old file or the new one. */
function writeWhole(path: string, text: string): void {
  mkdirSync(join(path, '..'), { recursive: true })
  const aside = `${path}.new`
  const handle = openSync(aside, 'w', 0o640)
  try {
    writeSync(handle, text)
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
  renameSync(aside, path)
}
