import { indexNear } from './aligned.ts'
import type { ChartModel } from './model.ts'

export type KeyContext = { readonly model: ChartModel; readonly at: number | undefined }

// Page Up and Page Down cross a chart in ten steps.
const pagesAcross = 10

/** Where a key moves the cursor of a chart: by readings with the arrows, by tenths with the page keys. */
export function keyedMoment(key: string, { model, at }: KeyContext): number | undefined {
  const instants = model.columns.at
  const last = instants.length - 1
  if (last < 0) return undefined
  const index = at === undefined ? undefined : indexNear(instants, at)
  const step = Math.max(1, Math.round(instants.length / pagesAcross))
  const target = (): number | undefined => {
    switch (key) {
      case 'ArrowLeft':
      case 'ArrowDown':
        return index === undefined ? last : index - 1
      case 'ArrowRight':
      case 'ArrowUp':
        return index === undefined ? last : index + 1
      case 'PageDown':
        return (index ?? last) - step
      case 'PageUp':
        return (index ?? last) + step
      case 'Home':
        return 0
      case 'End':
        return last
      default:
        return undefined
    }
  }
  const wanted = target()
  return wanted === undefined ? undefined : instants[Math.max(0, Math.min(last, wanted))]
}
