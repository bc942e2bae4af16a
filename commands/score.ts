import { parseDuration, Refusal } from '../city/index.ts'
import { scoreRecording, writeAlerts, writeNabResults } from '../rules/index.ts'
import { type Command, type Invocation, needed } from './command.ts'
import { scoreSimulated, simulatedHelp, simulatedOptions } from './score-simulated.ts'

export const scoreCommand: Command = {
  name: 'score',
  summary: 'judge recorded series as the product would, and say how good that was',
  usage: 'score FOLDER [options] | score --simulated [--seed N] [options]',
  help: [
    'FOLDER: series/<asset>__<quantity>.csv (epoch_s,value), or data/<category>/<file>.csv (timestamp,value) as NAB has it.',
    'Labels are optional and only looked at afterwards: events.json, or labels/combined_windows.json. See docs/detection.md.',
    '--out PLACE          write what was said: a CSV file (asset,metric,epoch_s); for NAB a folder with one score a row',
    '--merge DURATION     alerts closer than this are one incident (default 1h)',
    '--lead DURATION      so long before an event an alert still announces it (default 0s)',
    '--tolerance DURATION so long after an event an alert still belongs to it (default 0s)',
    '--hold DURATION      so long an alert stands, where time is measured instead of events (default 12h)',
    '--seed N             of the drawing behind the intervals (default 1)',
    ...simulatedHelp,
  ],
  options: {
    out: { type: 'string' },
    merge: { type: 'string' },
    lead: { type: 'string' },
    tolerance: { type: 'string' },
    hold: { type: 'string' },
    seed: { type: 'string' },
    ...simulatedOptions,
  },
  async run(invocation) {
    const { words, option, flag, print } = invocation
    if (flag('simulated')) {
      await scoreSimulated(invocation, seedOf(option('seed') ?? '1'))
      return 0
    }
    const folder = needed(scoreCommand, 'the folder', words[0])
    const { judgement, lines } = scoreRecording(folder, {
      mergeMs: durationOf(invocation, 'merge', '1h'),
      leadMs: durationOf(invocation, 'lead', '0s'),
      toleranceMs: durationOf(invocation, 'tolerance', '0s'),
      holdMs: durationOf(invocation, 'hold', '12h'),
      seed: seedOf(option('seed') ?? '1'),
    })
    print(lines.join('\n'))
    const out = option('out')
    if (out === undefined) return 0
    try {
      if (judgement.recording.layout === 'nab') writeNabResults(judgement, out)
      else writeAlerts(judgement, out)
    } catch (error) {
      throw new Refusal('SCORE_UNWRITABLE', `--out ${out}: ${(error as Error).message}`, error)
    }
    print(`\nwritten to ${out}`)
    return 0
  },
}

function durationOf({ option }: Invocation, name: string, otherwise: string): number {
  const text = option(name) ?? otherwise
  const duration = parseDuration(text)
  if (duration !== undefined) return duration
  throw new Refusal('COMMAND_INVALID', `--${name} ${text}: expected a duration like 10m, 6h or 7d`)
}

function seedOf(text: string): number {
  if (/^\d+$/.test(text)) return Number(text)
  throw new Refusal('COMMAND_INVALID', `--seed ${text}: expected a whole number`)
}
