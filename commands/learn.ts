import { createHash } from 'node:crypto'
import { accessSync, constants, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { formatDuration, parseDuration, Refusal } from '../city/index.ts'
import {
  constantMeanName,
  type Learnt,
  type LifeFigures,
  learnLife,
  modelText,
  type RunTable,
  readRunTable,
  runsMin,
  type TableTime,
  tellingQuantities,
  withQuantities,
} from '../rules/index.ts'
import { type Command, type Invocation, needed } from './command.ts'

/** As the literature on C-MAPSS does: an engine with more than this to live looks like a new one. */
const turbofanCap = 125
/** Of the median life of other things: what remains of a turbofan's when its wear begins to show. */
const capShare = 0.6
/** Of the cap: a ticket with a quarter of it left, action with a twelfth. For the usual cap of 125: 30 and 10. */
const raiseShare = 0.24
const actShare = 0.08

export const learnCommand: Command = {
  name: 'learn',
  summary: 'learn remaining life from things that ran until they failed',
  usage: 'learn DATA --out MODEL.json [options]',
  help: [
    'DATA: a CSV file with a header, one row a moment, the last row of each unit being its failure; or NASA C-MAPSS.',
    '--out FILE           the model file, which a rule names: when: { remaining life: FILE, below: … }',
    '--unit-column NAME   the column that tells the units apart (default unit)',
    '--time-column NAME   the column with the time (default time); a number, or ISO 8601',
    '--step DURATION      how long one unit of the time column lasts, like 1h; without it no due date can be given',
    '--quantities A,B     the columns to learn from (default: all that vary; of C-MAPSS the sensors)',
    '--cap N              more remaining life than this is not told apart (default: 60 % of the median life; C-MAPSS 125)',
    '--raise N --act N    a ticket is due at N, and is late below N (default: 24 % and 8 % of the cap)',
    '--folds N --seed N   of the cross-validation over units (default 5 and 1)',
  ],
  options: {
    out: { type: 'string' },
    'unit-column': { type: 'string' },
    'time-column': { type: 'string' },
    step: { type: 'string' },
    quantities: { type: 'string' },
    cap: { type: 'string' },
    raise: { type: 'string' },
    act: { type: 'string' },
    folds: { type: 'string' },
    seed: { type: 'string' },
  },
  async run(invocation) {
    const { words, option, print } = invocation
    const file = needed(learnCommand, 'the table', words[0])
    const out = needed(learnCommand, '--out', option('out'))
    checkWritable(out)
    const stepMs = stepOf(option('step'))
    const text = readText(file)
    const { table, time: counted } = tableIn(file, text, invocation)
    const lives = table.runs.map(({ at }) => (at.at(-1) ?? 0) - (at[0] ?? 0)).sort((left, right) => left - right)
    const median = lives[Math.floor(lives.length / 2)] ?? 0
    const cap = positive(invocation, 'cap') ?? (counted === 'cycle' ? turbofanCap : threeDigits(capShare * median))
    const raiseAt = positive(invocation, 'raise') ?? threeDigits(raiseShare * cap)
    const act = positive(invocation, 'act') ?? threeDigits(actShare * cap)
    if (act >= raiseAt || raiseAt >= cap)
      refuse(`--act ${act} --raise ${raiseAt} --cap ${cap}: expected each to be less than the next`)
    const folds = whole(invocation, 'folds', 2, table.runs.length) ?? 5
    const seed = whole(invocation, 'seed', 0, 2 ** 31) ?? 1
    const aims = { raiseAt, act, horizon: 2 * raiseAt }
    const learnt = learnLife(table, { cap, folds, seed, aims })
    const { model, ...said } = learnt
    if (counted === 'hour' && stepMs !== undefined) refuse('--step: the table has real times, which say it already')
    const ms = counted === 'hour' ? parseDuration('1h') : stepMs
    const time = { name: counted, ...(ms === undefined ? {} : { ms }) }
    const learntFrom = {
      file: basename(file),
      sha256: createHash('sha256').update(text).digest('hex'),
      runs: table.runs.length,
      rows: table.runs.reduce((sum, { at }) => sum + at.length, 0),
    }
    const written = modelText({
      format: 'lengthsman remaining life',
      version: 1,
      learntFrom,
      time,
      validation: { folds, seed, aims, ...said },
      model,
    })
    keep(out, written)
    print(`${learntFrom.runs} runs to failure, ${learntFrom.rows} rows, learnt from ${table.quantities.join(', ')}`)
    print(
      `told apart up to ${cap} ${time.name}s; ticket at ${raiseAt}, late below ${act}, premature above ${aims.horizon}`,
    )
    print(`${folds}-fold cross-validation over units, seed ${seed}: each unit is told by a model that has not seen it`)
    print('')
    for (const line of figureLines(learnt)) print(line)
    print('')
    print(`80 % interval: holds ${percent(learnt.coverage)} of the truth`)
    for (const line of warningLines(learnt)) print(line)
    print(`wrote ${out}${time.ms === undefined ? '; give --step to let rules set due dates by it' : ''}`)
    return 0
  },
}

function tableIn(file: string, text: string, { option }: Invocation): { table: RunTable; time: TableTime } {
  const read = readRunTable(text, { unit: option('unit-column') ?? 'unit', time: option('time-column') ?? 'time' })
  if (read.kind === 'fault') throw new Refusal('LEARN_TABLE_INVALID', `${file}:${read.line}: ${read.message}`)
  const { table, time } = read
  if (table.runs.length < runsMin)
    throw new Refusal(
      'LEARN_TABLE_INVALID',
      `${file}: ${table.runs.length} units: expected at least ${runsMin} that ran until they failed`,
    )
  const asked = option('quantities')?.split(',')
  const unknown = asked?.find((name) => !table.quantities.includes(name))
  if (unknown !== undefined)
    refuse(`--quantities: no column "${unknown}" among ${table.quantities.map((name) => `"${name}"`).join(', ')}`)
  const telling = tellingQuantities(table).filter((name) => time !== 'cycle' || name.startsWith('sensor-'))
  const flat = asked?.find((name) => !tellingQuantities(table).includes(name))
  if (flat !== undefined)
    refuse(`--quantities: "${flat}" never varies or is mostly missing, so nothing can be learnt from it`)
  const quantities = asked ?? telling
  if (quantities.length === 0)
    throw new Refusal('LEARN_TABLE_INVALID', `${file}: no column varies, so nothing can be learnt`)
  const short = table.runs.find(({ at }) => at.length < 10)
  if (short !== undefined)
    throw new Refusal(
      'LEARN_TABLE_INVALID',
      `${file}: unit "${short.unit}" has ${short.at.length} rows: expected at least 10`,
    )
  return { table: withQuantities(table, quantities), time }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new Refusal('LEARN_TABLE_UNREADABLE', `${file} cannot be read: ${(error as Error).message}`, error)
  }
}

/** Asked before the learning, which takes longer than anybody wants to wait for this answer. */
function checkWritable(out: string): void {
  try {
    accessSync(dirname(out), constants.W_OK)
  } catch (error) {
    throw new Refusal('MODEL_UNWRITABLE', `${out} cannot be written: ${(error as Error).message}`, error)
  }
}

/** Written beside and renamed: a rule never reads half a model. */
function keep(out: string, text: string): void {
  try {
    writeFileSync(`${out}.tmp`, text)
    renameSync(`${out}.tmp`, out)
  } catch (error) {
    throw new Refusal('MODEL_UNWRITABLE', `${out} cannot be written: ${(error as Error).message}`, error)
  }
}

function refuse(message: string): never {
  throw new Refusal('COMMAND_INVALID', message)
}

function stepOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const durationMs = parseDuration(text)
  if (durationMs === undefined || durationMs === 0)
    refuse(`--step ${text}: expected a duration like ${formatDuration(3_600_000)}`)
  return durationMs
}

function positive({ option }: Invocation, name: string): number | undefined {
  const text = option(name)
  if (text === undefined) return undefined
  const value = Number(text)
  return value > 0 && Number.isFinite(value) ? value : refuse(`--${name} ${text}: expected a number above 0`)
}

function whole(invocation: Invocation, name: string, min: number, max: number): number | undefined {
  const text = invocation.option(name)
  if (text === undefined) return undefined
  const value = Number(text)
  const fits = Number.isInteger(value) && value >= min && value <= max
  return fits ? value : refuse(`--${name} ${text}: expected a whole number from ${min} to ${max}`)
}

function threeDigits(value: number): number {
  return Number(value.toPrecision(3))
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`
}

const headings = [
  '',
  'RMSE all',
  'one moment',
  'capped',
  'PHM08',
  'useful',
  'late',
  'premature',
  'median lead',
  'horizon',
  'α-λ',
  'relative accuracy',
]

/** The validation as a table, the chosen one first. */
function figureLines({ judgements, midLife }: Learnt): string[] {
  const [chosen] = judgements
  const rows = [...judgements, { name: `${chosen.name}, watched from mid-life`, figures: midLife }].map(
    ({ name, figures }) => [name, ...cellsOf(figures)],
  )
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => row[column]?.length ?? 0)),
  )
  return [headings, ...rows].map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  '),
  )
}

/** A model that knows no more than how long such things live on average sends crews for nothing. */
function warningLines({ judgements }: Learnt): string[] {
  const [chosen] = judgements
  const mean = judgements.find(({ name }) => name === constantMeanName)
  if (mean === undefined || chosen.figures.rmseAllMoments < mean.figures.rmseAllMoments) return []
  const [own, others] = [chosen, mean].map(({ figures }) => figures.rmseAllMoments.toFixed(1))
  return [
    `These quantities do not tell how long is left: RMSE ${own}, and ${others} for always saying the mean. Let no rule go by this model.`,
  ]
}

function cellsOf(figures: LifeFigures): string[] {
  return [
    figures.rmseAllMoments.toFixed(1),
    figures.rmseOneMoment.toFixed(1),
    figures.rmseOneMomentCapped.toFixed(1),
    figures.phm08.toFixed(0),
    percent(figures.useful),
    percent(figures.late),
    percent(figures.premature),
    figures.medianLead === undefined ? '–' : threeDigits(figures.medianLead).toString(),
    ...prognosisCells(figures.prognosis),
  ]
}

function prognosisCells(prognosis: LifeFigures['prognosis']): string[] {
  if (prognosis === undefined) return ['–', '–', '–']
  const { horizon, alphaLambda, relativeAccuracy } = prognosis
  return [threeDigits(horizon).toString(), percent(alphaLambda), relativeAccuracy.toFixed(2)]
}
