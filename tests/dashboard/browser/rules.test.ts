import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Page } from 'playwright-core'
import { type Database, openDatabase } from '../../../city/index.ts'
import { RuleBook, ruleMigrations } from '../../../rules/index.ts'
import { smallTown } from '../../support/started-dashboard.ts'
import { townInBrowser } from './town-in-browser.ts'

const minute = 60_000
const rule = `id: vibration-high
title: Vibration too high
class: test-pump
failure mode: bearing-wear
severity: { warning: moderate, action: major }
when: { quantity: vibration, above: { warning: 4.5 mm/s, action: 7.1 mm/s }, hysteresis: 0.2 }
for: 2m
recover after: 5m
watch: 1h
advice: >-
  Listen at both bearings and feel for heat, the drive end first. Look for a loose foundation bolt and a worn coupling.
source: ISO 20816-7`
const folder = mkdtempSync(join(tmpdir(), 'lengthsman-rules-'))
writeFileSync(join(folder, 'city.yaml'), `rules:\n  - ${rule.split('\n').join('\n    ')}\n`)

let database: Database
let book: RuleBook
const window = townInBrowser(() => ({ ruleBook: book }))
// Before the window's own: jest runs them in the order they stand in, and a hook of this file's top comes after it.
const opened = openDatabase(':memory:', ruleMigrations).then((made) => {
  database = made
  book = RuleBook.open({
    database,
    libraryFiles: [],
    cityFiles: [join(folder, 'city.yaml')],
    folder: join(folder, 'changed'),
    classes: () => smallTown.classes,
  })
})
await opened

beforeAll(async () => {
  const { town } = window
  town.engine.useRules(book.rules())
  const healthy = (count: number) => Array.from({ length: count }, (_, n) => 2 + (n % 5) / 10)
  const bout = (peak: number) => Array.from({ length: 30 }, () => peak)
  await window.observe('pump-01/vibration', [...healthy(300), ...bout(7.6), ...healthy(120)])
  await window.observe('pump-02/vibration', [...healthy(200), ...bout(4.2), ...healthy(200)])
  const [ticket] = (await town.tickets.list({ limit: 1 })).items
  const number = ticket?.number ?? 0
  await town.tickets.act(number, { name: 'start' }, 'ann', Date.now())
  await town.tickets.act(
    number,
    { name: 'close', closing: 'unverified', note: 'greased', verdict: 'true' },
    'ann',
    Date.now() + minute,
  )
}, 60_000)
afterAll(async () => {
  await database.close()
  rmSync(folder, { recursive: true, force: true })
})

async function ruleText(page: Page) {
  const area = page.getByRole('textbox', { name: 'Text of the rule' })
  await area.waitFor()
  return area
}

describe('rules', () => {
  test('are listed by class, with what they cost and what crews found', async () => {
    const page = await window.as('viewer')
    await page.goto('/rules')
    const card = page.getByRole('region', { name: /Pump/ })
    await card.getByText('1 of 1 right').waitFor()
    await card.getByText('of 0.50 false per asset and year').waitFor()
    expect(await card.getByRole('button', { name: 'Set the budget of Pump' }).count()).toBe(0)
    await card.getByRole('link', { name: 'Vibration too high' }).click()
    await page.getByRole('heading', { name: 'Vibration too high', level: 1 }).waitFor()
    await page.getByText('Rules are changed by engineers').waitFor()
    expect(await (await ruleText(page)).getAttribute('readonly')).not.toBeNull()
    await page.close()
  })

  test('that fail are said to, with where and why', async () => {
    const rules = window.town.engine.rules()
    const [first] = rules
    if (first === undefined) throw new Error('there is no rule')
    const broken = {
      ...first,
      id: 'broken',
      title: 'Broken',
      condition: { ...first.condition, kind: 'magic' } as never,
    }
    window.town.engine.useRules([...rules, broken])
    const page = await window.as('viewer')
    await page.goto('/rules')
    await page
      .getByRole('row', { name: /Broken/ })
      .getByText('failed on 3')
      .waitFor()
    await page.getByRole('link', { name: 'Broken' }).click()
    const failures = page.getByRole('alert')
    await failures.getByText('The rule failed and is set aside on 3 assets').waitFor()
    await failures.getByText(/Pump 1: unknown kind of condition/).waitFor()
    await page.goto('/alarms')
    await page.getByRole('listitem').filter({ hasText: 'Pump 1' }).getByText('Not judged').waitFor()
    window.town.engine.useRules(rules)
    await page.close()
  })

  test('the budget of a class is set', async () => {
    const page = await window.as('engineer')
    await page.goto('/rules')
    await page.getByRole('button', { name: 'Set the budget of Pump' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('False tickets per asset and year').fill('99')
    await dialog.getByRole('button', { name: 'Set budget' }).click()
    await dialog.getByText('expected more than 0 and at most 12').first().waitFor()
    await dialog.getByLabel('False tickets per asset and year').fill('0.3')
    await dialog.getByRole('button', { name: 'Set budget' }).click()
    await page.getByText('of 0.30 false per asset and year').waitFor()
    await page.close()
  })

  test('a changed text is tried on history: what is new comes first, with a way to the chart and the ticket', async () => {
    const page = await window.as('engineer')
    await page.goto('/rules/vibration-high')
    const area = await ruleText(page)
    await area.fill(rule.replace('4.5 mm/s', '4 mm/s'))
    await page.getByRole('button', { name: 'Try it' }).click()
    const found = page.getByRole('region', { name: 'Try on history' })
    await found.getByText('2 tickets').waitFor({ timeout: 60_000 })
    await found.getByRole('button', { name: '1 new' }).waitFor()
    await found.getByText('vibration 4.2 mm/s, above 4 mm/s for 2 min').waitFor()
    expect(await found.getByRole('link', { name: 'Pump 2' }).getAttribute('href')).toMatch(
      /^\/assets\/pump-02\?from=\d+&to=\d+$/,
    )
    await found.getByRole('button', { name: '1 raised too' }).click()
    await found.getByRole('link', { name: '#1 warning was right' }).waitFor()
    await page.close()
  })

  test('faults stand at their lines; what is saved is judged by, kept, and taken back', async () => {
    const page = await window.as('engineer')
    await page.goto('/rules/vibration-high')
    const area = await ruleText(page)
    await area.fill(rule.replace('bearing-wear', 'baering-wear'))
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByText('has no failure mode "baering-wear"; did you mean').waitFor()
    await page.getByRole('button', { name: 'Line 4' }).click()
    const chosen = await area.evaluate((element: { value: string; selectionStart: number; selectionEnd: number }) =>
      element.value.slice(element.selectionStart, element.selectionEnd),
    )
    expect(chosen).toBe('baering-wear')
    // Who looks elsewhere and comes back finds what was written.
    await page.getByRole('link', { name: 'Rules' }).first().click()
    await page.getByRole('heading', { name: 'Rules', level: 1 }).waitFor()
    await page.goBack()
    expect(await (await ruleText(page)).inputValue()).toContain('baering-wear')
    await area.fill(rule.replace('4.5 mm/s', '4 mm/s'))
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByLabel('Why').fill('they run quieter')
    await page.getByRole('dialog').getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByText('they run quieter').waitFor()
    expect(window.town.engine.rules()[0]?.text).toContain('4 mm/s')
    await page.getByRole('button', { name: 'Back to the shipped one' }).click()
    await page.getByText('went back to the shipped one').waitFor()
    expect(await area.inputValue()).toBe(rule)
    expect(window.town.engine.rules()[0]?.text).toBe(rule)
    await page.close()
  })

  test('a limit that keeps to the budget is found, shown, and put into the text', async () => {
    const page = await window.as('engineer')
    await page.goto('/rules/vibration-high')
    const area = await ruleText(page)
    await page.getByRole('button', { name: 'Find a limit' }).click()
    await page.getByText('keep to the budget').or(page.getByText('keeps to the budget')).waitFor({ timeout: 60_000 })
    await page.getByText('suggested').waitFor()
    await page.getByRole('button', { name: /^Put .* into the text$/ }).click()
    expect(await area.inputValue()).not.toBe(rule)
    expect(await area.inputValue()).toMatch(/^id: vibration-high\n/)
    await page.close()
  })

  test.each(['light', 'dark'] as const)(
    'nothing is wider than a phone, nothing complains (%s)',
    async (scheme) => {
      const page = await window.as('engineer', 'phone', scheme)
      for (const address of ['/rules', '/rules/vibration-high']) {
        await page.goto(address)
        await page.getByRole('heading', { level: 1 }).waitFor()
        await page.getByText('per asset and year').first().waitFor()
        if (address !== '/rules') {
          await page.getByRole('button', { name: 'Try it' }).click()
          await page.getByRole('button', { name: 'Find a limit' }).click()
          await page.getByText('suggested').waitFor({ timeout: 60_000 })
          await page.getByRole('button', { name: /raised too/ }).waitFor({ timeout: 60_000 })
        }
        const wide = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')
        expect([address, wide]).toEqual([address, 0])
      }
      await page.close()
      expect(window.complaints.texts.filter((text) => !text.includes('422'))).toEqual([])
      // Two trials at once, each with a thread that has to be started from the sources.
    },
    90_000,
  )
})
