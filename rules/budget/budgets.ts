import type { Kysely } from 'kysely'
import { type Database, type Instant, Refusal } from '../../city/index.ts'
import type { SavedRuleTables } from '../saved/tables.ts'

/** False tickets that an asset may cost in a year: one in two years, which a crew forgives. */
export const falsePerAssetYearDefault = 0.5
/** More than one a month is no budget any more. */
export const falsePerAssetYearMax = 12

export type Budget = {
  readonly class: string
  readonly falsePerAssetYear: number
  /** Who set it; `undefined` while it is the shipped one. */
  readonly setBy: string | undefined
  readonly setAt: Instant | undefined
}

/** How many false tickets each class may cost. */
export class Budgets {
  readonly #tables: Kysely<SavedRuleTables>

  constructor(database: Database) {
    this.#tables = database.kysely.withTables<SavedRuleTables>()
  }

  async of(classId: string): Promise<Budget> {
    const row = await this.#tables
      .selectFrom('class_budget')
      .selectAll()
      .where('class', '=', classId)
      .executeTakeFirst()
    return row === undefined
      ? { class: classId, falsePerAssetYear: falsePerAssetYearDefault, setBy: undefined, setAt: undefined }
      : { class: classId, falsePerAssetYear: row.per_asset_year, setBy: row.by, setAt: row.at }
  }

  /** @throws Refusal BUDGET_INVALID */
  async set(classId: string, falsePerAssetYear: number, by: string, at: Instant): Promise<Budget> {
    if (!(falsePerAssetYear > 0 && falsePerAssetYear <= falsePerAssetYearMax))
      throw new Refusal(
        'BUDGET_INVALID',
        `${falsePerAssetYear} false tickets per asset and year: expected more than 0 and at most ${falsePerAssetYearMax}`,
      )
    await this.#tables
      .replaceInto('class_budget')
      .values({ class: classId, per_asset_year: falsePerAssetYear, by, at })
      .execute()
    return this.of(classId)
  }
}
