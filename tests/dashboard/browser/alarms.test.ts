import { describe, expect, test } from '@jest/globals'
import type { Asset } from '../../../city/index.ts'
import { townInBrowser } from './town-in-browser.ts'

const window = townInBrowser()
const dayMs = 86_400_000

/** Pumps in a row, all fed by one main. */
const assets: readonly Asset[] = ['main-01', 'pump-11', 'pump-12', 'pump-13', 'pump-14'].map((id, index) => ({
  id,
  name: index === 0 ? 'Main in Mill Lane' : `Pump 1${index}`,
  class: 'test-pump',
  criticality: 3,
  place: { latitude: 48.2 + index / 5_000, longitude: 16.35 },
  district: 'Riverside',
  relations: index === 0 ? [] : [{ kind: 'fed by', asset: 'main-01' }],
}))

describe('alarms', () => {
  test('an empty page says what will be here', async () => {
    const page = await window.as('viewer', 'phone')
    await page.goto('/alarms')
    await page.getByText('No alarm calls anybody').waitFor()
    await page.getByRole('button', { name: 'Hidden' }).click()
    await page.getByText('Nothing is hidden').waitFor()
    await page.getByRole('tab', { name: 'Incidents' }).click()
    await page.getByText('No incident is going on').waitFor()
    await page.getByRole('tab', { name: 'Maintenance' }).click()
    await page.getByText('Nothing is planned and everything is in service').waitFor()
    // Who only looks is offered nothing to do.
    expect(await page.getByRole('button', { name: 'Plan maintenance' }).count()).toBe(0)
    await page.close()
  })

  test('appear as they fire, are shelved with a reason, and stay on show with it', async () => {
    const page = await window.as('engineer', 'phone')
    await page.goto('/alarms')
    await page.getByText('No alarm calls anybody').waitFor()
    await window.observe('pump-03/vibration', [8])
    const row = page.getByRole('listitem').filter({ hasText: 'Pump 3' })
    await row.getByText('Action').waitFor()
    await row.getByText('Vibration 8.0 mm/s, above 7.1 mm/s.').waitFor()
    expect(await row.getByRole('link', { name: 'Vibration high' }).getAttribute('href')).toBe('/rules/VibrationHigh')
    await row.getByRole('button', { name: 'Shelve…' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.waitFor()
    await page.keyboard.press('Escape')
    await row.getByRole('button', { name: 'Shelve…' }).and(page.locator(':focus')).click()
    await dialog.getByRole('button', { name: 'Shelve' }).click()
    await dialog.getByText('Give a reason').waitFor()
    await dialog.getByLabel('Why').and(page.locator(':focus')).fill('Bearing is on order')
    await dialog.getByText(/^“Vibration high” of Pump 3\./).waitFor()
    await dialog.getByText(/^Calls again .*\d\d:\d\d\.$/).waitFor()
    await dialog.getByRole('button', { name: 'Shelve' }).click()
    await page.getByText('No alarm calls anybody').waitFor()
    await page.getByRole('button', { name: 'Hidden' }).click()
    await page.getByText('Bearing is on order').waitFor()
    await page.getByRole('button', { name: 'Take off the shelf' }).click()
    await page.getByText('Nothing is hidden').waitFor()
    await page.close()
  })

  test('an asset is taken out of service on its page and put back', async () => {
    const page = await window.as('engineer')
    await page.goto('/assets/pump-03')
    await page.getByRole('button', { name: 'Out of service…' }).first().click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Why').fill('Drained for the winter')
    await dialog.getByRole('button', { name: 'Take out of service' }).click()
    const notice = page.getByRole('status').filter({ hasText: 'its alarms call nobody' })
    await notice.getByText('Drained for the winter').waitFor()
    expect(window.town.engine.alarm('VibrationHigh@pump-03')?.hiddenBy?.kind).toBe('out-of-service')
    await notice.getByRole('button', { name: 'Put back into service' }).click()
    await notice.waitFor({ state: 'detached' })
    await page.close()
  })
})

describe('incidents', () => {
  test('several alarms of one main are one, with why, and one group on the tickets page', async () => {
    const { town } = window
    const city = { name: 'Testham', timeZone: 'Europe/Vienna', classes: [], crews: [], mapLayers: [] }
    await town.registry.importCity({ ...city, assets })
    for (const { id } of assets.slice(1, 4)) await window.observe(`${id}/vibration`, [8])
    const page = await window.as('crew', 'phone', 'dark')
    await page.goto('/tickets')
    const group = page.getByRole('region', { name: 'Incident 1' })
    await group.getByText('Main in Mill Lane: 3 of 4 pumps with “vibration high”').click()
    await page.waitForURL('**/incidents/1')
    await page.getByText('3 of 4 pumps with “vibration high”, fed by Main in Mill Lane').waitFor()
    await page.getByText('Main in Mill Lane itself reports no trouble').waitFor()
    await page.getByRole('heading', { name: 'What happened' }).waitFor()
    expect(await page.evaluate('document.documentElement.scrollWidth > innerWidth')).toBe(false)
    // The next alarm joins before the eyes of whoever looks.
    await window.observe('pump-14/vibration', [8])
    await page.getByRole('heading', { name: 'all 4 pumps' }).waitFor()
    await page.close()
  })

  test('an unknown number is said to be one', async () => {
    const page = await window.as('viewer')
    await page.goto('/incidents/99')
    await page.getByText('no incident 99').waitFor()
    await page.close()
  })
})

describe('maintenance', () => {
  test('is planned for an asset and what depends on it, in the time of the city, and called off', async () => {
    const page = await window.as('engineer', 'phone')
    await page.goto('/alarms?tab=maintenance')
    await page.getByRole('button', { name: 'Plan maintenance' }).first().click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: 'Plan', exact: true }).click()
    await dialog.getByText('Say which asset').waitFor()
    await dialog.getByRole('combobox', { name: 'Assets' }).fill('main-01')
    await dialog.getByText('No crew is called for 5 assets meanwhile.').waitFor()
    await dialog.getByLabel('These assets alone').check()
    await dialog.getByText('No crew is called for 1 asset meanwhile.').waitFor()
    const day = new Date(Date.now() + 2 * dayMs).toISOString().slice(0, 10)
    await dialog.getByLabel('From').fill(`${day}T08:00`)
    await dialog.getByLabel('Until').fill(`${day}T07:00`)
    await dialog.getByLabel('Why').fill('Valve is exchanged')
    await dialog.getByRole('button', { name: 'Plan', exact: true }).click()
    await dialog.getByText('The end must be to come, and after the beginning').waitFor()
    await dialog.getByLabel('Until').fill(`${day}T10:00`)
    await dialog.getByRole('button', { name: 'Plan', exact: true }).click()
    const row = page.getByRole('listitem').filter({ hasText: 'Valve is exchanged' })
    await row.getByText('planned').waitFor()
    const [planned] = window.town.engine.windows.list(Date.now())
    const inVienna = new Date(planned?.from ?? 0).toLocaleString('sv', { timeZone: 'Europe/Vienna' })
    expect(inVienna).toBe(`${day} 08:00:00`)
    await row.getByRole('button', { name: 'Call off' }).click()
    await page.getByText('Nothing is planned and everything is in service').waitFor()
    await page.close()
  })

  test('nothing of all this made the browser complain', () => {
    // The one answer of 404 is what was asked for.
    expect(window.complaints.texts.filter((text) => !text.includes('404'))).toEqual([])
  })
})
