import type uPlot from 'uplot'
import { formatValue } from '../words/units.ts'
import type { ChartLimit, ChartModel } from './model.ts'
import type { ChartColours } from './options.ts'
import { limitsBeyond } from './scale.ts'

const bandAlpha = 0.07
const labelHeight = 13
// Where a line's name is in the way, the names of hidden limits stand to its right.
const besideLabel = 132

const colourOf = (limit: ChartLimit, colours: ChartColours): string =>
  limit.level === 'action' ? colours.red : colours.amber

const wordOf = (limit: ChartLimit, model: ChartModel): string =>
  `${limit.level === 'action' ? 'Action' : 'Warning'} ${formatValue(limit.value, model.unit, model.decimals)}`

/** The ground beyond a limit, faintly tinted, under everything else; a warning's ground ends where action begins. */
function drawBands(u: uPlot, limits: readonly ChartLimit[], colours: ChartColours): void {
  const { left, top, width, height } = u.bbox
  const { ctx } = u
  const inside = (value: number) => Math.min(top + height, Math.max(top, u.valToPos(value, 'y', true)))
  ctx.save()
  ctx.globalAlpha = bandAlpha
  for (const limit of limits) {
    const end = limits.find((other) => other.level === 'action' && other.direction === limit.direction)
    const edge = limit.direction === 'above' ? top : top + height
    const from = inside(limit.value)
    const to = limit.level === 'warning' && end ? inside(end.value) : edge
    ctx.fillStyle = colourOf(limit, colours)
    ctx.fillRect(left, Math.min(from, to), width, Math.abs(to - from))
  }
  ctx.restore()
}

/** The lines with their names; the dash tells the two levels apart without colour. `taken`: heights with a name already. */
function drawLines(u: uPlot, model: ChartModel, colours: ChartColours, taken: number[]): void {
  const { left, top, width, height } = u.bbox
  const { ctx } = u
  const pixel = devicePixelRatio
  ctx.save()
  ctx.font = colours.font.replace(/(\d+)px/, (_, size) => `${Math.round(Number(size) * pixel)}px`)
  ctx.textBaseline = 'middle'
  ctx.textAlign = 'left'
  for (const limit of model.limits) {
    const y = Math.round(u.valToPos(limit.value, 'y', true)) + 0.5
    if (y < top || y > top + height) continue
    ctx.strokeStyle = colourOf(limit, colours)
    ctx.lineWidth = pixel
    ctx.setLineDash(limit.level === 'action' ? [] : [5 * pixel, 4 * pixel])
    ctx.beginPath()
    ctx.moveTo(left, y)
    ctx.lineTo(left + width, y)
    ctx.stroke()
    label(u, wordOf(limit, model), limit, y, colours, taken)
  }
  ctx.restore()
}

function label(u: uPlot, text: string, limit: ChartLimit, y: number, colours: ChartColours, taken: number[]): void {
  const { left, top, height } = u.bbox
  const { ctx } = u
  const pixel = devicePixelRatio
  const away = labelHeight * pixel
  // On the side of the trouble, so that the curve below it stays free; on the other side at the chart's edge.
  const over = y - away * 0.65
  const under = y + away * 0.7
  const free = (place: number) =>
    place > top + away / 2 && place < top + height - away / 2 && taken.every((other) => Math.abs(other - place) >= away)
  const place = (limit.direction === 'above' ? [over, under] : [under, over]).find(free)
  if (place === undefined) return
  taken.push(place)
  const x = left + 6 * pixel
  ctx.lineWidth = 3 * pixel
  ctx.lineJoin = 'round'
  ctx.setLineDash([])
  ctx.strokeStyle = colours.surface
  ctx.strokeText(text, x, place)
  ctx.fillStyle = colourOf(limit, colours)
  ctx.fillText(text, x, place)
}

/** Limits that lie above or below what is drawn, named at that edge with an arrow: their absence would be a lie. */
function drawBeyond(u: uPlot, model: ChartModel, colours: ChartColours, taken: number[]): void {
  const { left, top, height } = u.bbox
  const { ctx } = u
  const pixel = devicePixelRatio
  const range = [u.scales['y']?.min ?? 0, u.scales['y']?.max ?? 0] as const
  const beyond = limitsBeyond(model.limits, range)
  ctx.save()
  ctx.font = colours.font.replace(/(\d+)px/, (_, size) => `${Math.round(Number(size) * pixel)}px`)
  ctx.textAlign = 'left'
  ctx.fillStyle = colours.quiet
  const say = (limits: readonly ChartLimit[], arrow: string, y: number) => {
    if (limits.length === 0) return
    const beside = taken.some((other) => Math.abs(other - y) < labelHeight * 1.6 * pixel)
    const x = left + (beside ? besideLabel : 6) * pixel
    const text = limits.map((limit) => wordOf(limit, model)).join(' · ')
    ctx.lineWidth = 3 * pixel
    ctx.strokeStyle = colours.surface
    ctx.strokeText(`${text} ${arrow}`, x, y)
    ctx.fillText(`${text} ${arrow}`, x, y)
  }
  ctx.textBaseline = 'top'
  say(
    beyond.filter((limit) => limit.value > range[1]),
    '↑',
    top + 3 * pixel,
  )
  ctx.textBaseline = 'bottom'
  say(
    beyond.filter((limit) => limit.value < range[0]),
    '↓',
    top + height - 3 * pixel,
  )
  ctx.restore()
}

export function limitsPlugin(model: () => ChartModel, colours: ChartColours): uPlot.Plugin {
  return {
    hooks: {
      drawClear: (u) => drawBands(u, model().limits, colours),
      draw: (u) => {
        const taken: number[] = []
        drawLines(u, model(), colours, taken)
        drawBeyond(u, model(), colours, taken)
      },
    },
  }
}
