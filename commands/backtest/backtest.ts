import { existsSync, readFileSync } from 'node:fs'
import { type Instant, parseDuration, Refusal } from '../../city/index.ts'
import { type Command, type Invocation, needed } from '../command.ts'
import { keptDataFolder } from '../data-folder.ts'
import { tryHere, urlOf } from './here.ts'
import { tryOverHttp } from './over-http.ts'
import { reportOf } from './report.ts'

/** What is asked for, as typed. */
export type Asked = {
  /** A file's text, or the id of a rule in force. */
  readonly what: { readonly text: string; readonly file: string } | { readonly rule: string }
  readonly from: Instant
  readonly to: Instant
  readonly assets: readonly string[] | undefined
}
export type Watching = {
  readonly signal: AbortSignal
  readonly onProgress: (progress: { readonly done: number; readonly readings: number; readonly bouts: number }) => void
}

export const backtestCommand: Command = {
  name: 'backtest',
  summary: 'try rules on the stored past: what would have been raised, beside what was raised and what crews found',
  usage: 'backtest RULES.yaml|RULE --from TIME [--to TIME] [--assets A,B] [--json] [--url URL --token TOKEN]',
  help: [
    'RULES.yaml      a file of rules; or the id of a rule in force',
    '--from TIME     2026-05-04, 2026-05-04T10:00:00Z, or so long ago: 90d',
    '--to TIME       likewise; now when absent',
    '--assets A,B    only these assets',
    '--json          the whole answer, as POST /api/v1/rules/backtest gives it',
    '--url, --token  ask a program elsewhere, with an API token of the role engineer',
    'While the program runs it holds the readings: then it is asked on this machine, by itself. Ctrl-C cancels; nothing is changed.',
  ],
  options: {
    from: { type: 'string' },
    to: { type: 'string' },
    assets: { type: 'string' },
    json: { type: 'boolean' },
    url: { type: 'string' },
    token: { type: 'string' },
  },
  async run(invocation) {
    const { configuration, flag, option, print } = invocation
    const asked = askedIn(invocation)
    const stop = new AbortController()
    const cancel = () => stop.abort(new Refusal('CANCELLED', 'cancelled; nothing was changed'))
    process.once('SIGINT', cancel)
    const progress = progressLine()
    const watching = { signal: stop.signal, onProgress: progress.show }
    try {
      const settings = configuration()
      const url = option('url')
      const found =
        url === undefined
          ? await tryHere(settings, keptDataFolder(settings), asked, watching)
          : await tryOverHttp(url, needed(backtestCommand, '--token', option('token')), asked, watching)
      progress.end()
      const pages = url ?? urlOf(settings)
      print(flag('json') ? JSON.stringify(found) : reportOf(found, pages.replace(/\/$/, '')))
      return 0
    } catch (error) {
      progress.end()
      if (!stop.signal.aborted) throw error
      process.stderr.write('cancelled; nothing was changed\n')
      return 130
    } finally {
      process.off('SIGINT', cancel)
    }
  },
}

function askedIn({ words, option }: Invocation): Asked {
  const named = needed(backtestCommand, 'the file of rules', words[0])
  const now = Date.now()
  const from = timeOf('from', needed(backtestCommand, '--from', option('from')), now)
  const to = timeOf('to', option('to') ?? '0s', now)
  if (!(to > from)) throw new Refusal('COMMAND_INVALID', `--to must be after --from ${option('from')}`)
  const assets = option('assets')
    ?.split(',')
    .map((asset) => asset.trim())
    .filter((asset) => asset !== '')
  return { what: whatOf(named), from, to, assets }
}

function whatOf(named: string): Asked['what'] {
  if (existsSync(named)) return { text: readFileSync(named, 'utf8'), file: named }
  if (/^[a-z0-9-]+$/.test(named)) return { rule: named }
  throw new Refusal('COMMAND_INVALID', `${named}: no such file; expected a file of rules, or the id of a rule in force`)
}

function timeOf(name: string, text: string, now: Instant): Instant {
  const agoMs = parseDuration(text)
  if (agoMs !== undefined) return now - agoMs
  const at = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN
  if (!Number.isNaN(at)) return at
  throw new Refusal(
    'COMMAND_INVALID',
    `--${name} ${text}: expected a time like 2026-05-04 or 2026-05-04T10:00:00Z, or so long ago: 90d`,
  )
}

/** On standard error, so that what is printed can go into a file: one line that moves on, or one a quarter in a log. */
function progressLine(): { show: Watching['onProgress']; end: () => void } {
  const { stderr } = process
  let quarter = 0
  return {
    show({ done, readings, bouts }) {
      const text = `${Math.floor(done * 100)} %, ${(readings / 1e6).toFixed(1)} million readings, ${bouts} bouts`
      if (stderr.isTTY) stderr.write(`\r${text}   `)
      else if (Math.floor(done * 4) > quarter) {
        quarter = Math.floor(done * 4)
        stderr.write(`${text}\n`)
      }
    },
    end() {
      if (stderr.isTTY) stderr.write('\r\x1b[K')
    },
  }
}
