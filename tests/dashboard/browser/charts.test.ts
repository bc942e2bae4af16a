import { describe, expect, test } from '@jest/globals'
import type { Page } from 'playwright-core'
import { eventually } from '../../support/api-client.ts'
import { townInBrowser } from './town-in-browser.ts'

const window = townInBrowser()
// Two hours of a value that swings, with the last ten minutes over the limit.
const swinging = Array.from({ length: 120 }, (_, minute) => (minute < 110 ? 2 + Math.sin(minute / 10) : 7.5))

async function opened(search = ''): Promise<Page> {
  const page = await window.as('engineer')
  await page.goto(`/assets/pump-02${search}`)
  await page.locator('.u-over').first().waitFor()
  return page
}
const slider = (page: Page) => page.getByRole('slider', { name: /^Vibration/ })
/** Waits until the chart's moment is said in such words: from outside, as our pages let nobody evaluate text. */
const said = (page: Page, words: RegExp) =>
  eventually(
    () => slider(page).getAttribute('aria-valuetext'),
    (text) => words.test(text ?? ''),
  )

describe('a chart', () => {
  test('is read by keyboard alone, and says what it shows', async () => {
    await window.observe('pump-02/vibration', swinging)
    const page = await opened('?from=now-6h&to=now')
    await page.getByText('7.5').first().waitFor()
    await slider(page).focus()
    await page.keyboard.press('End')
    await said(page, /7\.5\u202fmm\/s, above the warning limit/)
    await page.keyboard.press('Home')
    await said(page, /2\.0\u202fmm\/s$/)
    await page.keyboard.press('ArrowRight')
    await said(page, /2\.1\u202fmm\/s$/)
    await page.keyboard.press('Enter')
    await page.getByText(/above the warning limit of 4\.5\u202fmm\/s since/).waitFor({ state: 'attached' })
    await page.keyboard.press('Escape')
    await page.close()
  })

  test('shares its cursor with the others', async () => {
    await window.observe('pump-02/pressure', swinging)
    const page = await opened('?from=now-3h&to=now')
    await slider(page).focus()
    await page.keyboard.press('End')
    await eventually(
      () => page.locator('.readout').allTextContents(),
      (texts) => texts.every((text) => /^\d\d:\d\d/.test(text)),
    )
    const lines = await page.evaluate<string[]>(
      "[...document.querySelectorAll('.u-cursor-x')].map((line) => line.style.transform)",
    )
    expect(lines).toHaveLength(2)
    expect(new Set(lines).size).toBe(1)
    await page.close()
  })

  test('has a twin in figures', async () => {
    const page = await opened()
    await page.getByRole('button', { name: 'Tables' }).click()
    expect(await page.getByRole('region', { name: 'Vibration as a table' }).getByRole('row').count()).toBeGreaterThan(
      50,
    )
    expect(new URL(page.url()).searchParams.get('show')).toBe('tables')
    await page.close()
  })
})

describe('the range of time', () => {
  test('stands in the address; presets, dragging and the back button agree', async () => {
    const page = await opened()
    await page.getByRole('button', { name: 'Last 6 hours' }).click()
    expect(new URL(page.url()).search).toBe('?from=now-6h&to=now')
    const box = await page.locator('.u-over').first().boundingBox()
    if (!box) throw new Error('no chart')
    await page.mouse.move(box.x + box.width * 0.5, box.y + 60)
    await page.mouse.down()
    await page.mouse.move(box.x + box.width * 0.75, box.y + 60, { steps: 4 })
    await page.mouse.up()
    await page.waitForURL(/from=\d{4}/)
    const { searchParams } = new URL(page.url())
    const span = Date.parse(searchParams.get('to') ?? '') - Date.parse(searchParams.get('from') ?? '')
    expect(span / 3_600_000).toBeCloseTo(1.5, 1)
    await page.goBack()
    expect(new URL(page.url()).search).toBe('?from=now-6h&to=now')
    await page.getByRole('button', { name: 'Zoom out' }).click()
    expect(new URL(page.url()).search).toBe('?from=now-12h&to=now')
    await page.close()
  })

  test('goes with the download', async () => {
    const page = await opened('?from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z')
    const href = await page.getByRole('link', { name: 'Download Vibration as CSV' }).getAttribute('href')
    expect(href).toContain('from=2026-01-01T00:00:00.000Z')
    await page.getByText('No readings in this time').first().waitFor()
    await page.close()
  })
})

test('a fresh reading lengthens the line without moving the page', async () => {
  const page = await opened('?from=now-1h&to=now')
  await page.getByText('7.5').first().waitFor()
  await page.evaluate(`
    window.moved = 0
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.moved += entry.value
    }).observe({ type: 'layout-shift', buffered: false })
  `)
  await window.observe('pump-02/vibration', [12.8])
  await page.getByRole('list', { name: 'Newest values' }).getByText('12.8').waitFor()
  await page.waitForTimeout(500)
  expect(await page.evaluate('window.moved')).toBeLessThan(0.005)
  await page.close()
})
