import { type Signal, useSignalEffect } from '@preact/signals'
import type { ComponentChildren, JSX } from 'preact'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { now } from '../data/clock.ts'
import { themeVersion } from '../data/theme.ts'
import { readableUnit } from '../words/units.ts'
import { readingAt } from './aligned.ts'
import { ChartTable } from './chart-table.tsx'
import './chart.css'
import { type Drawing, draw } from './drawing.ts'
import { type KeyContext, keyedMoment } from './keys.ts'
import type { ChartModel, TimeRange } from './model.ts'
import { ChartReadout } from './readout.tsx'
import { sayAt, summarise } from './summary.ts'

export type ChartProps = {
  model: ChartModel
  height: number
  /** The moment all charts of the page point at. */
  cursor: Signal<number | undefined>
  onZoom?: ((range: TimeRange) => void) | undefined
  onZoomOut?: (() => void) | undefined
  /** Asked for so that no more points are fetched than there are pixels. */
  onWidth?: ((width: number) => void) | undefined
  /** Shown over the plot while there is nothing to draw. */
  over?: ComponentChildren
  asTable?: boolean
  latest?: ComponentChildren
}

/**
 * A chart that can be read without seeing it: the plot is a slider over time (arrow keys, Page Up/Down, Home, End), Enter
 * speaks the summary, and the table holds the same figures.
 */
export function Chart(props: ChartProps): JSX.Element {
  const { model, cursor } = props
  const [spoken, setSpoken] = useState('')
  const plot = useRef<HTMLDivElement>(null)
  const drawing = useRef<Drawing | undefined>(undefined)
  const latest = useRef(props)
  latest.current = props

  useLayoutEffect(() => {
    const element = plot.current
    if (!element) return
    const size = () => ({ width: Math.max(120, element.clientWidth), height: latest.current.height })
    const made = draw(element, latest.current.model, size(), {
      point: (at) => {
        cursor.value = at
      },
      zoom: (range) => latest.current.onZoom?.(range),
      zoomOut: () => latest.current.onZoomOut?.(),
    })
    drawing.current = made
    latest.current.onWidth?.(size().width)
    const observer = new ResizeObserver(() => {
      const { width, height } = size()
      made.resize(width, height)
      latest.current.onWidth?.(width)
    })
    observer.observe(element)
    return () => {
      observer.disconnect()
      made.destroy()
      drawing.current = undefined
    }
    // A new theme, title or height is a new drawing; data and range are updates of it.
  }, [themeVersion.value, model.title, model.unit, props.height, cursor, props.asTable])

  useEffect(() => {
    drawing.current?.update(model)
  }, [model])

  useSignalEffect(() => {
    // Read first: an effect that found no drawing yet would otherwise never hear of the cursor.
    const at = cursor.value
    drawing.current?.pointAt(at)
  })

  const context: KeyContext = { model, at: cursor.peek() }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return
    if (event.key === 'Enter' || event.key === ' ') setSpoken(summarise(model, now.peek()))
    else if (event.key === 'Escape') cursor.value = undefined
    else if (event.key === '-') props.onZoomOut?.()
    else {
      const moment = keyedMoment(event.key, { ...context, at: cursor.peek() })
      if (moment === undefined) return
      cursor.value = moment
    }
    event.preventDefault()
  }

  const index = cursor.value === undefined ? undefined : readingAt(model.columns.at, cursor.value, model.gapMs)
  const said = index === undefined ? summarise(model, now.peek()) : sayAt(model, index, now.peek())
  const unit = readableUnit(model.unit)

  return (
    <figure class="chart">
      <header>
        <h3>
          {model.title} {unit === '' ? null : <span class="unit">{unit}</span>}
        </h3>
        <div class="readout">
          <ChartReadout model={model} index={index} pointed={cursor.value !== undefined} latest={props.latest} />
        </div>
      </header>
      {props.asTable ? (
        <ChartTable model={model} />
      ) : (
        <div class="plot-place" style={{ height: `${props.height}px` }}>
          <div ref={plot} class="plot" />
          <div
            class="plot-slider"
            role="slider"
            tabIndex={0}
            aria-label={`${model.title}, moment on the time axis`}
            aria-valuemin={Math.round(model.range.from / 1_000)}
            aria-valuemax={Math.round(model.range.to / 1_000)}
            aria-valuenow={Math.round((cursor.value ?? model.range.to) / 1_000)}
            aria-valuetext={said}
            onKeyDown={onKeyDown}
          />
          {props.over ? <div class="over-plot">{props.over}</div> : null}
        </div>
      )}
      <p class="visually-hidden" aria-live="polite">
        {spoken}
      </p>
    </figure>
  )
}
