import { describe, expect, test } from '@jest/globals'
import { townInBrowser } from './town-in-browser.ts'

const window = townInBrowser()

function note(name: string, changes: { value?: number; unit?: string } = {}): void {
  const at = Date.now()
  window.town.discovered.note({
    device: 'network-server',
    topic: 'application/1/device/x/event/up',
    name,
    value: 1,
    observedAt: at,
    receivedAt: at,
    ...changes,
  })
}

describe('what nobody knows yet', () => {
  test('an empty place says what will be here', async () => {
    const page = await window.as('engineer')
    await page.goto('/devices?tab=discovered')
    await page.getByText('Nothing unknown has been heard').waitFor()
    await page.close()
  })

  test('one tap adopts what is clear, and another takes it back', async () => {
    note('sparkplug:Plant/edge-3/Pump_1/Pressure', { value: 58, unit: 'psi' })
    const page = await window.as('engineer')
    await page.goto('/devices?tab=discovered')
    const group = page.getByRole('region', { name: 'sparkplug:Plant/edge-3/Pump_1' })
    await group.getByText('58').waitFor()
    await group.getByRole('button', { name: 'Adopt as pump-01/pressure' }).click()
    const mapped = page.getByRole('region', { name: 'Adopted' })
    await mapped.getByText('sent in psi').waitFor()
    expect(await group.count()).toBe(0)
    expect(window.town.registry.source('sparkplug:Plant/edge-3/Pump_1/Pressure')?.sensor.id).toBe('pump-01/pressure')
    await mapped.getByRole('button', { name: 'Take back' }).click()
    await group.getByText('58').waitFor()
    expect(window.town.registry.sources()).toEqual([])
    await page.close()
  })

  test('all that one device sends is adopted at once', async () => {
    note('sparkplug:Plant/edge-3/Pump_1/Vibration', { value: 2.4, unit: 'mm/s' })
    const page = await window.as('engineer', 'phone')
    await page.goto('/devices?tab=discovered')
    await page.getByRole('button', { name: 'Adopt all 2' }).click()
    await page.getByRole('region', { name: 'Adopted' }).getByText('pump-01/vibration').waitFor()
    expect(window.town.registry.sources()).toHaveLength(2)
    await page.close()
  })

  test('a name that says nothing is adopted by hand, with units; a wrong unit is said to be wrong', async () => {
    note('chirpstack:70b3d57ed0001234/analog-1', { value: 250 })
    const page = await window.as('engineer')
    await page.goto('/devices?tab=discovered')
    await page.getByRole('button', { name: 'Adopt… analog-1' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: 'Adopt' }).click()
    await dialog.getByText('Say which asset it belongs to').waitFor()
    await dialog.getByLabel('Asset', { exact: true }).and(page.locator('input')).fill('pump-02')
    await dialog.getByLabel('Measures').selectOption({ label: 'Pressure, bar' })
    await dialog.getByLabel('Unit sent').fill('mA')
    await dialog.getByRole('button', { name: 'Adopt' }).click()
    await dialog.getByText('does not convert to "bar"').first().waitFor()
    await dialog.getByLabel('Unit sent').fill('kPa')
    await dialog.getByRole('button', { name: 'Adopt' }).click()
    await page.getByRole('region', { name: 'Adopted' }).getByText('pump-02/pressure').waitFor()
    expect(window.town.registry.source('chirpstack:70b3d57ed0001234/analog-1')?.scale).toBeCloseTo(0.01)
    await page.close()
  })

  test('for a thing that is not in the registry an asset is made in the same step', async () => {
    note('tts:city/new-pump/vibration', { value: 3, unit: 'mm/s' })
    const page = await window.as('engineer')
    await page.goto('/devices?tab=discovered')
    await page.getByRole('button', { name: 'Adopt… vibration' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: 'New asset' }).click()
    await dialog.getByLabel('Id').fill('pump-08')
    await dialog.getByLabel('Name', { exact: true }).fill('Pump 8, Mill Lane')
    await dialog.getByLabel('Class').selectOption({ label: 'Pump' })
    await dialog.getByLabel('Latitude').fill('48.2')
    await dialog.getByLabel('Longitude').fill('16.3')
    await dialog.getByLabel('Measures').selectOption({ label: 'Vibration, mm/s' })
    await dialog.getByRole('button', { name: 'Adopt' }).click()
    await page.getByRole('region', { name: 'Adopted' }).getByRole('link', { name: 'pump-08/vibration' }).click()
    await page.getByRole('heading', { name: 'Pump 8, Mill Lane', level: 1 }).waitFor()
    await page.close()
  })

  test('who tried to log in gets a credential, shown once, with what to paste', async () => {
    window.town.discovered.noteDevice({ device: 'Logger 7', address: '10.0.0.9', at: Date.now() })
    const page = await window.as('engineer')
    await page.goto('/devices?tab=discovered')
    await page.getByRole('button', { name: 'Make a credential for Logger 7' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('set its user name and client id').waitFor()
    expect(await dialog.getByLabel('Id').inputValue()).toBe('logger-7')
    await dialog.getByLabel('Reports for').fill('pump-03')
    await dialog.getByRole('button', { name: 'Add device' }).click()
    await dialog.getByRole('tab', { name: 'Python' }).click()
    const script = await dialog.getByRole('tabpanel').locator('pre').textContent()
    expect(script).toContain('client.username_pw_set("logger-7"')
    expect(script).toContain(`, ${window.town.broker.port})`)
    await dialog.getByRole('button', { name: 'I have copied it' }).click()
    await page.getByRole('tab', { name: /^Devices/ }).click()
    await page.getByRole('button', { name: 'Connect logger-7' }).click()
    await page.getByRole('dialog').getByText('-P THE-DEVICE-SECRET').waitFor()
    await page.keyboard.press('Escape')
    await page.close()
  })

  test('nothing is wider than a phone, and the browser complains about nothing', async () => {
    note(`senml:gateway/urn:dev:ow:${'10e2073a01080063'.repeat(4)}:temperature`, { value: 21.512345678 })
    window.town.discovered.noteDevice({
      device: 'a-device-with-a-very-long-name-that-goes-on',
      address: '2001:db8::1',
      at: 0,
    })
    const page = await window.as('engineer', 'phone', 'dark')
    for (const address of ['/devices', '/devices?tab=discovered']) {
      await page.goto(address)
      await page.getByRole('tab', { name: /Discovered \d/ }).waitFor()
      await page.getByRole('tabpanel').locator('.found, table').first().waitFor()
      const wide = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')
      expect([address, wide]).toEqual([address, 0])
    }
    await page.close()
    expect(window.complaints.texts.filter((text) => !text.includes('422'))).toEqual([])
  })
})
