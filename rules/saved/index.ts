export { RuleBook, type RuleBookOptions, type RuleOrigin, type RuleVersion } from './rule-book.ts'
export { asFile, entryIdOf, rulesFromText } from './rule-text.ts'
export { type SavedRuleTables, savedRuleMigrations } from './tables.ts'
