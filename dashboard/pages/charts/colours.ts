import type { ChartColours } from './options.ts'

/** What a custom property comes to in the theme of the moment: only a real element's colour resolves `light-dark()`. */
function resolve(probe: HTMLElement, property: string): string {
  probe.style.color = `var(${property})`
  return getComputedStyle(probe).color
}

export function readColours(within: HTMLElement): ChartColours {
  const probe = document.createElement('span')
  probe.hidden = true
  within.append(probe)
  const colour = (property: string) => resolve(probe, property)
  const colours: ChartColours = {
    ink: colour('--ink-2'),
    quiet: colour('--ink-3'),
    line: colour('--line'),
    grid: colour('--chart-grid'),
    accent: colour('--accent'),
    band: colour('--chart-band'),
    red: colour('--red-solid'),
    amber: colour('--amber-solid'),
    surface: colour('--surface'),
    font: `11px ${getComputedStyle(within).fontFamily}`,
  }
  probe.remove()
  return colours
}
