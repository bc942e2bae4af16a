import type uPlot from 'uplot'
import { isolated } from './aligned.ts'
import type { ChartMark, ChartModel } from './model.ts'
import type { ChartColours } from './options.ts'

function toneColour(mark: ChartMark, colours: ChartColours): string {
  if (mark.tone === 'red') return colours.red
  return mark.tone === 'amber' ? colours.amber : colours.ink
}

function flag(mark: ChartMark): HTMLElement {
  const element = document.createElement(mark.href ? 'a' : 'span')
  element.className = `chart-mark ${mark.tone}`
  element.textContent = mark.label ?? ''
  if (element instanceof HTMLAnchorElement && mark.href) element.href = mark.href
  // A click on a mark follows it; it does not begin a zoom.
  element.addEventListener('mousedown', (event) => event.stopPropagation())
  return element
}

/** A line for what happened, and on it a flag in the page itself, so that it is a link to mouse, keyboard and reader. */
export function marksPlugin(model: () => ChartModel, colours: ChartColours): uPlot.Plugin {
  let layer: HTMLElement | undefined
  let flags: { mark: ChartMark; element: HTMLElement }[] = []
  let shown: readonly ChartMark[] | undefined

  const place = (u: uPlot) => {
    if (!layer) return
    if (shown !== model().marks) {
      shown = model().marks
      flags = shown.filter((mark) => mark.label !== undefined).map((mark) => ({ mark, element: flag(mark) }))
      layer.replaceChildren(...flags.map((each) => each.element))
    }
    let last = Number.NEGATIVE_INFINITY
    let row = 0
    for (const { mark, element } of [...flags].sort((a, b) => a.mark.at - b.mark.at)) {
      const x = u.valToPos(mark.at, 'x')
      const visible = x >= 0 && x <= u.bbox.width / devicePixelRatio
      element.hidden = !visible
      // Flags that would cover each other hang one row lower, three rows deep.
      row = x - last < 52 ? (row + 1) % 3 : 0
      if (visible) last = x
      element.classList.toggle('leftward', x > u.bbox.width / devicePixelRatio - 60)
      element.style.translate = `${Math.round(x)}px ${row * 26}px`
    }
  }

  return {
    hooks: {
      init: (u) => {
        layer = document.createElement('div')
        layer.className = 'chart-marks'
        u.over.append(layer)
      },
      draw: (u) => {
        const { ctx, bbox } = u
        ctx.save()
        ctx.lineWidth = devicePixelRatio
        ctx.setLineDash([2 * devicePixelRatio, 2 * devicePixelRatio])
        for (const mark of model().marks) {
          const x = Math.round(u.valToPos(mark.at, 'x', true)) + 0.5
          if (x < bbox.left || x > bbox.left + bbox.width) continue
          ctx.strokeStyle = toneColour(mark, colours)
          ctx.beginPath()
          ctx.moveTo(x, bbox.top)
          ctx.lineTo(x, bbox.top + bbox.height)
          ctx.stroke()
        }
        ctx.restore()
        place(u)
      },
    },
  }
}

/** Doubtful readings as hollow diamonds, and lone ones as dots: a line shows neither. */
export function pointsPlugin(model: () => ChartModel, colours: ChartColours): uPlot.Plugin {
  const diamond = (ctx: CanvasRenderingContext2D, x: number, y: number, size: number) => {
    ctx.beginPath()
    ctx.moveTo(x, y - size)
    ctx.lineTo(x + size, y)
    ctx.lineTo(x, y + size)
    ctx.lineTo(x - size, y)
    ctx.closePath()
    ctx.fill()
    ctx.stroke()
  }
  return {
    hooks: {
      draw: (u) => {
        const { ctx } = u
        const pixel = devicePixelRatio
        const { columns } = model()
        ctx.save()
        ctx.beginPath()
        ctx.rect(u.bbox.left, u.bbox.top, u.bbox.width, u.bbox.height)
        ctx.clip()
        ctx.fillStyle = colours.accent
        const [at, , , middle] = u.data as [number[], unknown, unknown, (number | null)[]]
        for (const index of isolated(middle ?? [])) {
          ctx.beginPath()
          const x = u.valToPos(at[index] ?? 0, 'x', true)
          ctx.arc(x, u.valToPos(middle?.[index] ?? 0, 'y', true), 2 * pixel, 0, Math.PI * 2)
          ctx.fill()
        }
        ctx.strokeStyle = colours.amber
        ctx.fillStyle = colours.surface
        ctx.lineWidth = 1.5 * pixel
        for (const [index, quality] of (columns.quality ?? []).entries()) {
          if (quality === 'good') continue
          const x = u.valToPos(columns.at[index] ?? 0, 'x', true)
          diamond(ctx, x, u.valToPos(columns.mean[index] ?? 0, 'y', true), 4 * pixel)
        }
        ctx.restore()
      },
    },
  }
}
