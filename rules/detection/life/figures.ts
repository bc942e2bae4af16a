import { type Prognosis, prognosisOf } from './prognosis.ts'
import { seededRandom } from './seeded-random.ts'

/** A run that was not learnt from, and what was said of each of its moments. */
export type Told = {
  readonly remaining: Float64Array
  /** `NaN` where nothing was said. */
  readonly predicted: Float64Array
}

export type TicketAims = {
  /** A ticket is raised when the prediction is at or below this three times in a row. */
  readonly raiseAt: number
  /** Less is too late to act; more than `horizon` is premature. */
  readonly act: number
  readonly horizon: number
}

export type Figures = {
  /** Over all moments of all runs; truth and prediction capped. */
  readonly rmseAllMoments: number
  /** One moment a run, as in the C-MAPSS test set; against the truth, and against the truth capped. */
  readonly rmseOneMoment: number
  readonly rmseOneMomentCapped: number
  /** PHM 2008, for a hundred runs, of the same moments: late predictions cost more than early ones. */
  readonly phm08: number
  readonly useful: number
  readonly late: number
  readonly premature: number
  /** Median time between ticket and failure; `undefined` without a ticket. */
  readonly medianLead: number | undefined
  /** Not in model files that were made before it was measured. */
  readonly prognosis?: Prognosis | undefined
}

/** As often is each run cut off somewhere. */
const cutsPerRun = 50
/** Where the C-MAPSS test set is cut: with 7 to 145 cycles to live and 31 run, at the usual cap of 125. */
const cutLeft = { min: 7 / 125, max: 145 / 125 }
const cutRun = 31 / 125
/** Predictions in a row that a ticket needs. */
export const ticketPredictions = 3

export function figuresOf(told: readonly Told[], cap: number, aims: TicketAims, seed: number): Figures {
  const one = oneMoment(told, cap, seed)
  const leads = told.map((each) => leadOf(each, aims.raiseAt))
  const share = (fits: (lead: number) => boolean) =>
    leads.filter((lead) => lead !== undefined && fits(lead)).length / leads.length
  const raised = leads.flatMap((lead) => lead ?? []).sort((left, right) => left - right)
  const missed = leads.filter((lead) => lead === undefined).length / leads.length
  return {
    rmseAllMoments: rmseAll(told, cap),
    ...one,
    useful: share((lead) => lead >= aims.act && lead <= aims.horizon),
    late: share((lead) => lead < aims.act) + missed,
    premature: share((lead) => lead > aims.horizon),
    medianLead: raised[Math.floor((raised.length - 1) / 2)],
    prognosis: prognosisOf(told, cap),
  }
}

function rmseAll(told: readonly Told[], cap: number): number {
  let squares = 0
  let count = 0
  for (const { remaining, predicted } of told)
    for (let row = 0; row < remaining.length; row++) {
      if (Number.isNaN(predicted[row])) continue
      squares += ((predicted[row] as number) - Math.min(cap, remaining[row] as number)) ** 2
      count++
    }
  return Math.sqrt(squares / count)
}

function oneMoment(
  told: readonly Told[],
  cap: number,
  seed: number,
): Pick<Figures, 'rmseOneMoment' | 'rmseOneMomentCapped' | 'phm08'> {
  const random = seededRandom(seed)
  let squares = 0
  let cappedSquares = 0
  let score = 0
  let count = 0
  for (const { remaining, predicted } of told) {
    const life = remaining[0] as number
    const most = Math.min(cutLeft.max * cap, life - cutRun * cap)
    const least = cutLeft.min * cap
    if (most <= least) continue
    for (let cut = 0; cut < cutsPerRun; cut++) {
      const left = least + random() * (most - least)
      const row = remaining.findIndex((rest) => rest <= left)
      const guess = predicted[row] as number
      if (row < 0 || Number.isNaN(guess)) continue
      const truth = remaining[row] as number
      const off = guess - truth
      squares += off ** 2
      cappedSquares += (guess - Math.min(cap, truth)) ** 2
      // The score knows cycles of an engine that lives for some 200; others are scaled to it.
      const cycles = (off / cap) * 125
      score += cycles < 0 ? Math.exp(-cycles / 13) - 1 : Math.exp(cycles / 10) - 1
      count++
    }
  }
  return {
    rmseOneMoment: Math.sqrt(squares / count),
    rmseOneMomentCapped: Math.sqrt(cappedSquares / count),
    phm08: (100 * score) / count,
  }
}

/** How long before the failure the ticket came; `undefined` when it never did. */
export function leadOf({ remaining, predicted }: Told, raiseAt: number): number | undefined {
  let row = 0
  for (let held = 0; row < predicted.length; row++) {
    held = (predicted[row] as number) <= raiseAt ? held + 1 : 0
    if (held === ticketPredictions) return remaining[row]
  }
  return undefined
}
