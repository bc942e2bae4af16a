import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { toAlignedData } from './aligned.ts'
import { readColours } from './colours.ts'
import { limitsPlugin } from './limits-plugin.ts'
import { marksPlugin, pointsPlugin } from './marks-plugin.ts'
import type { ChartModel, TimeRange } from './model.ts'
import { chartOptions, xRangeOf, yRangeOf } from './options.ts'

export type DrawingEvents = {
  /** The moment under the pointer, `undefined` when it left. */
  readonly point: (at: number | undefined) => void
  readonly zoom: (range: TimeRange) => void
  readonly zoomOut: () => void
}

/** The one place that holds a uPlot: made for an element, told of changes, taken away. */
export type Drawing = {
  readonly update: (model: ChartModel) => void
  readonly resize: (width: number, height: number) => void
  /** Shows the cursor at a moment, as asked for by another chart or by the keyboard. */
  readonly pointAt: (at: number | undefined) => void
  readonly destroy: () => void
}

const offChart = { left: -10, top: -10 }
const meanSeries = 3

/** One dot under the cursor, on the curve; the edges of the band have none. */
function onMeanOnly(_chart: uPlot, series: number): HTMLElement {
  const dot = document.createElement('div')
  dot.className = series === meanSeries ? 'cursor-dot' : 'no-cursor-dot'
  return dot
}

export function draw(
  element: HTMLElement,
  first: ChartModel,
  size: { width: number; height: number },
  events: DrawingEvents,
): Drawing {
  let model = first
  let following = false
  const colours = readColours(element)
  const options = chartOptions(first, colours, size)
  const current = () => model
  const zoomOutInstead = () => {
    events.zoomOut()
    return null
  }

  const chart = new uPlot(
    {
      ...options,
      plugins: [limitsPlugin(current, colours), pointsPlugin(current, colours), marksPlugin(current, colours)],
      // The model of the moment, not the first one: range and limits change under a chart that stays.
      scales: {
        x: { ...options.scales?.['x'], range: () => xRangeOf(model) },
        y: { ...options.scales?.['y'], range: (_u, min, max) => yRangeOf(model, min, max) },
      },
      cursor: {
        ...options.cursor,
        points: { ...options.cursor?.points, show: onMeanOnly },
        bind: { dblclick: () => zoomOutInstead },
      },
      hooks: {
        setCursor: [
          (u) => {
            if (following) return
            const left = u.cursor.left ?? -1
            events.point(left < 0 ? undefined : u.posToVal(left, 'x'))
          },
        ],
        setSelect: [
          (u) => {
            if (u.select.width < 6) return
            const from = u.posToVal(u.select.left, 'x')
            const to = u.posToVal(u.select.left + u.select.width, 'x')
            u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
            events.zoom({ from, to })
          },
        ],
      },
    },
    toAlignedData(first.columns, first.gapMs),
    element,
  )

  followFinger(chart)

  return {
    update: (next) => {
      const sameData = next.columns === model.columns && next.gapMs === model.gapMs
      model = next
      chart.batch(() => {
        if (!sameData) chart.setData(toAlignedData(next.columns, next.gapMs), false)
        chart.setScale('x', { min: next.range.from, max: next.range.to })
      })
      chart.redraw(false)
    },
    resize: (width, height) => chart.setSize({ width, height }),
    pointAt: (at) => {
      following = true
      const inside = at !== undefined && at >= model.range.from && at <= model.range.to
      chart.setCursor(inside ? { left: chart.valToPos(at, 'x'), top: 10 } : offChart)
      following = false
    },
    destroy: () => chart.destroy(),
  }
}

/** A finger moves the cursor sideways and still scrolls the page up and down; zooming by touch is what the buttons are for. */
function followFinger(chart: uPlot): void {
  const { over } = chart
  over.style.touchAction = 'pan-y'
  const move = (event: PointerEvent) => {
    if (event.pointerType === 'mouse') return
    const left = event.clientX - over.getBoundingClientRect().left
    chart.setCursor({ left: Math.max(0, Math.min(left, over.clientWidth)), top: 10 })
  }
  over.addEventListener('pointerdown', move)
  over.addEventListener('pointermove', move)
}
