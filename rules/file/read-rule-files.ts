import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type AssetClass, didYouMean, type FileFault, FileFaults, type QuantityDefinition } from '../../city/index.ts'
import { hasLevel } from '../kinds/kinds.ts'
import { levels, type Rule } from '../rule.ts'
import { besideFaults } from './beside-faults.ts'
import { type ReadyWhen, readCondition, readWhen } from './condition.ts'
import { type RuleEntry, ruleEntry, ruleFile } from './rule-file.ts'
import { versionOf } from './version.ts'
import { YamlFile, type YamlPath } from './yaml-places.ts'
import { faultsOf } from './zod-faults.ts'

const libraryFolder = join(import.meta.dirname, '..', 'library')

/** The rule files that ship, by name. */
export function libraryRuleFiles(): string[] {
  return readdirSync(libraryFolder)
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .map((name) => join(libraryFolder, name))
}

/**
 * Reads and checks rule files against the classes; throws FileFaults with every fault of all of them. A rule with the id
 * of one of the library replaces it; any other id that is given twice is a fault.
 */
export function readRuleFiles(paths: readonly string[], classes: readonly AssetClass[]): readonly Rule[] {
  const shipped = new Set(libraryRuleFiles())
  const faults: FileFault[] = []
  const known = new Map<string, { rule: Rule; file: string }>()
  for (const path of paths) {
    const file = openRuleFile(path, faults)
    if (file === undefined) continue
    for (const { rule, place } of readRules(file, classes, faults)) {
      const earlier = known.get(rule.id)
      if (earlier !== undefined && (shipped.has(path) || !shipped.has(earlier.file)))
        faults.push(file.fault(place, `rule id "${rule.id}" is taken already, in ${earlier.file}: expected another id`))
      else known.set(rule.id, { rule, file: path })
    }
  }
  if (faults.length > 0) throw new FileFaults(faults)
  return [...known.values()].map(({ rule }) => rule)
}

/**
 * The rules of one text, as if it were a file of this name; ids that other files have are not looked at.
 * @throws FileFaults
 */
export function readRuleText(name: string, text: string, classes: readonly AssetClass[]): readonly Rule[] {
  const file = new YamlFile(name, text)
  const faults = file.syntaxFaults()
  const rules = faults.length > 0 ? [] : readRules(file, classes, faults)
  if (faults.length > 0) throw new FileFaults(faults)
  return rules.map(({ rule }) => rule)
}

function openRuleFile(path: string, faults: FileFault[]): YamlFile | undefined {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    faults.push({ file: path, message: `cannot be read: ${(error as Error).message}` })
    return undefined
  }
  const file = new YamlFile(path, text)
  const syntax = file.syntaxFaults()
  faults.push(...syntax)
  return syntax.length > 0 ? undefined : file
}

const noneFaulty: ReadonlySet<PropertyKey> = new Set()

type PlacedRule = { readonly rule: Rule; readonly place: YamlPath }

/** The rules of a file; what is wrong with it goes to `faults`, in the order of its lines. */
function readRules(file: YamlFile, classes: readonly AssetClass[], faults: FileFault[]): PlacedRule[] {
  const found: FileFault[] = []
  const rules = readEntries(file, classes, found)
  faults.push(...found.sort(byPlace))
  return rules
}

function byPlace(one: FileFault, other: FileFault): number {
  return (one.line ?? 0) - (other.line ?? 0) || (one.column ?? 0) - (other.column ?? 0)
}

function readEntries(file: YamlFile, classes: readonly AssetClass[], faults: FileFault[]): PlacedRule[] {
  const whole = ruleFile.safeParse(file.value())
  if (!whole.success) {
    faults.push(...faultsOf(file, [], whole.error, ruleFile))
    return []
  }
  return whole.data.rules.flatMap((written, index) => {
    const place: YamlPath = ['rules', index]
    const before = faults.length
    const read = ruleEntry.safeParse(written)
    if (!read.success) faults.push(...faultsOf(file, place, read.error, ruleEntry))
    // What stands beside a fault is looked at too, so that one run tells everything.
    const found = read.success ? { entry: read.data, faulty: noneFaulty } : besideFaults(written, read.error)
    if (found === undefined) return []
    const { entry, faulty } = found
    const say = (path: YamlPath, message: string): void => {
      if (!faulty.has(path[0] ?? '')) faults.push(file.fault([...place, ...path], message))
    }
    const when = readWhen(entry.when, {
      file,
      place,
      say: (path, message) => say(['when', ...path], message),
      faults: (more) => faults.push(...more),
    })
    const rules = toRules(entry, when, { text: file.textOf(place), folder: dirname(file.file), classes }, say)
    return faults.length > before ? [] : rules.map((rule) => ({ rule, place: [...place, 'id'] }))
  })
}

type Say = (path: YamlPath, message: string) => void

/** One rule per quantity named, each with the quantity in its id; or one over all of them, where the kind takes them all. */
function toRules(
  entry: RuleEntry,
  ready: ReadyWhen | undefined,
  { text, folder, classes }: { text: string; folder: string; classes: readonly AssetClass[] },
  say: Say,
): Rule[] {
  const assetClass = findClass(entry.class, classes, (message) => say(['class'], message))
  if (assetClass === undefined) return []
  const modes = assetClass.failureModes.map(({ id }) => id)
  if (!modes.includes(entry['failure mode'])) {
    const hint = didYouMean(entry['failure mode'], modes)
    const known = hint === '' ? `: expected one of ${modes.join(', ')}` : hint
    say(['failure mode'], `class "${assetClass.id}" has no failure mode "${entry['failure mode']}"${known}`)
  }
  if (ready === undefined) {
    quantitiesOf(entry.when.quantity, assetClass, say)
    return []
  }
  const around = { assetClass, classes, folder }
  const sayWhen = (path: YamlPath, message: string) => say(['when', ...path], message)
  const named = entry.when.quantity ?? ready.kind.findQuantities?.(ready.when, sayWhen, around)
  if (named === undefined) {
    if (ready.kind.findQuantities === undefined)
      say(['when'], 'quantity: missing: expected a quantity of the class, or a list of them')
    return []
  }
  const isList = Array.isArray(entry.when.quantity)
  const found = quantitiesOf(named, assetClass, say)
  const takesAll = entry.when.quantity === undefined || ready.kind.takesAll(ready.when)
  const groups = takesAll ? [found] : found.map((quantity) => [quantity])
  return groups.flatMap(([quantity, ...more]) => {
    if (quantity === undefined) return []
    const condition = readCondition(ready, [quantity, ...more], sayWhen, around)
    if (condition === undefined) return []
    if (entry.during !== undefined && condition.kind === 'silence')
      say(['during'], '"during" means nothing with "silent for", which only the clock can tell')
    const meaning = {
      id: isList && !takesAll ? `${entry.id}-${quantity.id}` : entry.id,
      title: entry.title,
      class: assetClass.id,
      failureMode: entry['failure mode'],
      severity: entry.severity,
      condition,
      during: entry.during,
      forMs: entry.for ?? 0,
      recoverMs: entry['recover after'] ?? 0,
      watchMs: entry.watch,
      advice: entry.advice,
      source: entry.source,
    }
    const rule = { ...meaning, version: versionOf(meaning), text }
    checkSeverity(entry, rule, quantity, say)
    return [rule]
  })
}

function findClass(id: string, classes: readonly AssetClass[], say: (message: string) => void): AssetClass | undefined {
  const found = classes.find((each) => each.id === id)
  if (found === undefined)
    say(
      `no asset class "${id}"${didYouMean(
        id,
        classes.map((each) => each.id),
      )}`,
    )
  return found
}

function quantitiesOf(
  written: string | readonly string[] | undefined,
  assetClass: AssetClass,
  say: Say,
): QuantityDefinition[] {
  const isList = typeof written !== 'string'
  const known = assetClass.quantities.map(({ id }) => id)
  return (isList ? (written ?? []) : [written]).flatMap((name, index) => {
    const path = isList ? ['when', 'quantity', index] : ['when', 'quantity']
    if (isList && written?.indexOf(name ?? '') !== index) {
      say(path, `"${name}" a second time: expected each quantity once`)
      return []
    }
    const found = assetClass.quantities.find(({ id }) => id === name)
    if (found !== undefined) return [found]
    const hint = didYouMean(name, known)
    const expectation = hint === '' ? `: expected one of ${known.join(', ')}` : hint
    say(path, `class "${assetClass.id}" has no quantity "${name}"${expectation}`)
    return []
  })
}

function checkSeverity(entry: RuleEntry, rule: Rule, quantity: QuantityDefinition, say: Say): void {
  for (const level of levels) {
    const wanted = hasLevel(rule, level, quantity)
    const given = entry.severity[level] !== undefined
    if (wanted && !given) say(['severity'], `no severity for "${level}", which the condition has`)
    if (!wanted && given) say(['severity', level], `a severity for "${level}", which the condition does not have`)
  }
}
