import { expect, test } from '@jest/globals'
import { Presences } from '../../../ingest/index.ts'
import { townInBrowser } from './town-in-browser.ts'

const presences = new Presences()
const window = townInBrowser(() => ({ presences }))

test('a device shows since when it is away, what it said last, and who behind it is gone', async () => {
  const { registry } = window.town
  for (const id of ['gate-1', 'gate-2']) {
    await registry.addDevice({ id, title: '', assets: ['pump-01'], subscribes: [], publishes: [] })
  }
  const at = Date.now()
  const node = 'sparkplug:Plant1/edge-3'
  presences.connected('gate-1', false, at - 60 * 60_000)
  presences.said('gate-1', 'battery <b>low</b>', at - 2 * 60 * 60_000)
  presences.heard('gate-1', { name: node, online: true }, at)
  for (const [index, name] of ['a', 'b', 'c', 'd'].entries()) {
    presences.heard('gate-1', { name: `${node}/pump-${name}`, online: false }, at - (index + 3) * 60_000)
  }
  for (const size of ['desk', 'phone'] as const) {
    const page = await window.as('engineer', size)
    await page.goto('/devices')
    const row = page.getByRole('row').filter({ hasText: 'gate-1' })
    await row.getByText('Not connected').waitFor()
    const text = (await row.textContent()) ?? ''
    expect(text).toMatch(/Not connected since \S/)
    // As it was sent, and no markup.
    expect(text).toMatch(/says “battery <b>low<\/b>”, 2 h/)
    expect(text).toMatch(
      /1 of 5 behind it online; gone: sparkplug:Plant1\/edge-3\/pump-a .*pump-b .*pump-c .* and 1 more/,
    )
    const other = (await page.getByRole('row').filter({ hasText: 'gate-2' }).textContent()) ?? ''
    expect(other).not.toMatch(/since|says|behind/)
    const wide = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')
    expect([size, wide]).toEqual([size, 0])
    await page.close()
  }
  expect(window.complaints.texts).toEqual([])
})
