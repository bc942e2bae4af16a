import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll } from '@jest/globals'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { root } from '../../support/program-process.ts'
import { passwordOf, startedDashboard } from '../../support/started-dashboard.ts'

const pagesFolder = join(root, 'dist', 'pages')
// Debian's place first; elsewhere the variable says.
const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium'
const flags = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-dev-shm-usage']

export type Sizes = 'desk' | 'phone'
const viewports = { desk: { width: 1_440, height: 900 }, phone: { width: 360, height: 740 } }

/** What a page complained about; a good page complains about nothing. */
export type Complaints = { readonly texts: string[] }

/** The built pages in a real browser, served by a real dashboard with the small town. One for a test file. */
export function townInBrowser(changes: () => Parameters<typeof startedDashboard>[0] = () => ({})) {
  let browser: Browser | undefined
  let town: Awaited<ReturnType<typeof startedDashboard>> | undefined
  const complaints: Complaints = { texts: [] }

  beforeAll(async () => {
    if (!existsSync(join(pagesFolder, 'index.html')))
      throw new Error('the pages are not built: run `npm run build`, or the tests through `npm test`')
    browser = await chromium.launch({ executablePath, args: flags })
    town = await startedDashboard({ pagesFolder, now: Date.now, ...changes() })
    town.clock.at = Date.now()
  })
  afterAll(async () => {
    await browser?.close()
  })

  const started = () => {
    if (!town || !browser) throw new Error('only within a test')
    return { town, browser }
  }

  async function context(size: Sizes, scheme: 'light' | 'dark'): Promise<BrowserContext> {
    const made = await started().browser.newContext({
      baseURL: started().town.url,
      viewport: viewports[size],
      colorScheme: scheme,
      reducedMotion: 'reduce',
      ...(size === 'phone' ? { hasTouch: true, isMobile: true } : {}),
    })
    made.setDefaultTimeout(10_000)
    return made
  }

  async function pageOf(made: BrowserContext): Promise<Page> {
    const page = await made.newPage()
    page.on('pageerror', (error) => complaints.texts.push(`error: ${error.message}`))
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.texts.push(message.text())
    })
    return page
  }

  return {
    complaints,
    get town() {
      return started().town
    },
    /** A browser window in which nobody is logged in. */
    async stranger(size: Sizes = 'desk', scheme: 'light' | 'dark' = 'light'): Promise<Page> {
      return pageOf(await context(size, scheme))
    },
    /** A window of the user that is named like the role. */
    async as(role: 'admin' | 'engineer' | 'crew' | 'viewer', size: Sizes = 'desk', scheme: 'light' | 'dark' = 'light') {
      const made = await context(size, scheme)
      await made.request.post('/api/v1/login', { data: { user: role, password: passwordOf(role) } })
      return pageOf(made)
    },
    /** Readings a minute apart that end now. */
    observe(sensor: string, values: readonly number[]): Promise<void> {
      started().town.clock.at = Date.now()
      return started().town.observe(sensor, values)
    },
  }
}
