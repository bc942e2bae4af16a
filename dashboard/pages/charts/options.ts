import type uPlot from 'uplot'
import { formatNumber } from '../words/units.ts'
import type { ChartModel } from './model.ts'
import { yRange } from './scale.ts'
import { timeTicks } from './ticks.ts'

/** Resolved colours: a canvas knows nothing of custom properties. */
export type ChartColours = {
  readonly ink: string
  readonly quiet: string
  readonly line: string
  readonly grid: string
  readonly accent: string
  readonly band: string
  readonly red: string
  readonly amber: string
  readonly surface: string
  readonly font: string
}

export type ChartSize = { readonly width: number; readonly height: number }

// All charts of a page begin at the same x, so that one moment is one vertical line through all of them.
export const yAxisWidth = 52
const xAxisHeight = 26
const tickSpacingMin = 68
const ySpacingMin = 34
// Half of the widest label of the time axis ("Wed 24 Nov"), which may stand at the very end of the range.
const rightPadding = 32
const decimalsMax = 6

/** Decimals that the distance between two ticks needs: 2.5 apart needs one, or 52.5 would be called 53. */
export function decimalsFor(increment: number): number {
  for (let decimals = 0; decimals < decimalsMax; decimals++) {
    const scaled = increment * 10 ** decimals
    if (Math.abs(scaled - Math.round(scaled)) < 1e-6) return decimals
  }
  return decimalsMax
}

function xAxis(model: ChartModel, colours: ChartColours): uPlot.Axis {
  const ticks = (u: Pick<uPlot, 'bbox'> & { width: number }, from: number, to: number) =>
    timeTicks(from, to, Math.max(2, Math.floor((u.width - yAxisWidth) / tickSpacingMin)), model.zone)
  return {
    size: xAxisHeight,
    gap: 6,
    stroke: colours.quiet,
    font: colours.font,
    grid: { stroke: colours.grid, width: 1 },
    ticks: { show: false },
    splits: (u, _axis, min, max) => ticks(u, min, max).map((tick) => tick.at),
    values: (u, splits) => {
      const labels = new Map(ticks(u, splits[0] ?? 0, (splits.at(-1) ?? 0) + 1).map((tick) => [tick.at, tick.label]))
      const from = u.scales['x']?.min ?? 0
      const to = u.scales['x']?.max ?? 0
      for (const tick of ticks(u, from, to)) labels.set(tick.at, tick.label)
      return splits.map((at) => labels.get(at) ?? '')
    },
  }
}

function yAxis(colours: ChartColours): uPlot.Axis {
  return {
    size: yAxisWidth,
    gap: 6,
    stroke: colours.quiet,
    font: colours.font,
    space: ySpacingMin,
    grid: { stroke: colours.grid, width: 1 },
    ticks: { show: false },
    values: (_u, splits, _axis, _space, increment) =>
      splits.map((value) => formatNumber(value, decimalsFor(increment))),
  }
}

function seriesOf(model: ChartModel, colours: ChartColours): uPlot.Series[] {
  const edge = { stroke: 'transparent', width: 0, points: { show: false } }
  return [
    {},
    { ...edge, label: 'highest' },
    { ...edge, label: 'lowest' },
    { label: model.title, stroke: colours.accent, width: 1.5, points: { show: false } },
  ]
}

export function xRangeOf({ range }: ChartModel): [number, number] {
  return [range.from, range.to]
}

/** uPlot says `null` or an infinity when there is nothing to measure. */
export function yRangeOf(model: ChartModel, min: number | null, max: number | null): [number, number] {
  const values = Number.isFinite(min) && Number.isFinite(max) ? { min: Number(min), max: Number(max) } : undefined
  const [low, high] = yRange(values, model.limits, model.possible, model.decimals)
  return [low, high]
}

/**
 * What uPlot is to draw, as data. Interaction (zoom, cursor, marks, limits) is added by the plugins; nothing here touches
 * the page, so that it can be tested without one.
 */
export function chartOptions(model: ChartModel, colours: ChartColours, size: ChartSize): uPlot.Options {
  return {
    ...size,
    ms: 1,
    padding: [10, rightPadding, 0, 0],
    legend: { show: false },
    focus: { alpha: 1 },
    cursor: {
      x: true,
      y: false,
      drag: { x: true, y: false, setScale: false, dist: 6 },
      points: { size: 8, width: 2, fill: colours.surface, stroke: colours.accent },
    },
    scales: {
      x: { time: true, range: () => xRangeOf(model) },
      y: { range: (_u, min, max) => yRangeOf(model, min, max) },
    },
    axes: [xAxis(model, colours), yAxis(colours)],
    series: seriesOf(model, colours),
    // The band between lowest and highest is what the mean of a bucket would hide.
    bands: [{ series: [1, 2], fill: colours.band }],
  }
}
