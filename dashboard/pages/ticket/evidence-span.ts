import type { TimeRange } from '../charts/model.ts'
import type { EvidenceView } from '../data/types.ts'

/** What is left free beside the last reading. */
const shareBeside = 0.05
/** With more of the time empty than this, the readings would be squeezed for nothing. */
const emptyShareMax = 0.3

/** `heardTo`: the moment of the last reading, where the time after it is left out. */
export type EvidenceSpan = { readonly range: TimeRange; readonly heardTo: number | undefined }

/**
 * The time that the charts show. When a logger uploads days later, its ticket is raised days after its last reading: then
 * the time in between, of which nothing had been heard, is left out.
 */
export function evidenceSpan(evidence: Pick<EvidenceView, 'from' | 'to' | 'series'>): EvidenceSpan {
  const from = Date.parse(evidence.from)
  const to = Date.parse(evidence.to)
  const last = Math.max(from, ...evidence.series.map(({ at }) => at.at(-1) ?? from))
  if (last === from || to - last <= (to - from) * emptyShareMax) return { range: { from, to }, heardTo: undefined }
  return { range: { from, to: last + (last - from) * shareBeside }, heardTo: last }
}
