import { writeFileSync } from 'node:fs'
import { Refusal } from '../city/index.ts'
import { libraryRuleFiles, readRuleFiles } from '../rules/index.ts'
import { ruleFilesIn } from './check.ts'
import type { Invocation, Options } from './command.ts'
import { figuresOf } from './score-town/figures.ts'
import { measure } from './score-town/measure.ts'
import { play } from './score-town/play.ts'
import { reportOf } from './score-town/report.ts'

/** The options of `score` that belong to `--simulated`. */
export const simulatedOptions: Options = {
  simulated: { type: 'boolean' },
  days: { type: 'string' },
  'warm-up': { type: 'string' },
  'crew-hours': { type: 'string' },
  'assets-per-class': { type: 'string' },
  json: { type: 'string' },
}

export const simulatedHelp: readonly string[] = [
  '--simulated          play a town that breaks instead, of --seed N, and hold its tickets against the truth (docs/scoring-the-town.md)',
  '--days N             scored days (default 60), after --warm-up N days in which nothing breaks (default 14)',
  '--crew-hours N       from a ticket to the end of the work (default 24)',
  '--assets-per-class N only so many of each class, which is faster',
  '--json FILE          every fault, sensor trouble and false ticket with what became of it',
]

/** Plays the town of a seed and prints how good its tickets were. */
export async function scoreSimulated(invocation: Invocation, seed: number): Promise<void> {
  const { option, print, configuration } = invocation
  const number = (name: string, otherwise: number) => positive(name, option(name) ?? String(otherwise))
  const own = ruleFilesIn(configuration().rules)
  const perClass = option('assets-per-class')
  const begunAt = performance.now()
  const played = await play({
    seed,
    days: number('days', 60),
    warmUpDays: number('warm-up', 14),
    crewHours: number('crew-hours', 24),
    assetsPerClass: perClass === undefined ? undefined : positive('assets-per-class', perClass),
    rules: (registry) => readRuleFiles([...libraryRuleFiles(), ...own], registry.classes()),
    onProgress: progressLine(begunAt),
  })
  const measured = measure(played)
  for (const line of reportOf(measured)) print(line)
  const json = option('json')
  if (json === undefined) return
  try {
    writeFileSync(json, JSON.stringify({ figures: figuresOf(measured), ...measured }, undefined, 1))
  } catch (error) {
    throw new Refusal('SCORE_UNWRITABLE', `--json ${json}: ${(error as Error).message}`, error)
  }
}

function positive(name: string, text: string): number {
  const value = Number(text)
  if (Number.isInteger(value) && value > 0) return value
  throw new Refusal('COMMAND_INVALID', `--${name} ${text}: expected a whole number above zero`)
}

/** One line on a terminal, rewritten; nothing where the output is kept. */
function progressLine(begunAt: number): (done: number) => void {
  let shown = -1
  return (done) => {
    const percent = Math.floor(done * 100)
    if (!process.stderr.isTTY || percent === shown) return
    shown = percent
    const leftS = done > 0 ? ((performance.now() - begunAt) / 1_000) * (1 / done - 1) : Number.NaN
    const left = Number.isNaN(leftS) ? '' : `, ${Math.ceil(leftS)} s to go`
    process.stderr.write(`\r${percent} % of the town's time played${left}   ${percent >= 99 ? '\n' : ''}`)
  }
}
