const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

/** What a technician should think of a clock, and do. */
export function reasonOf(kind: 'ahead' | 'behind' | 'right', skewMs: number): string {
  const by = spanOf(Math.abs(skewMs))
  switch (kind) {
    case 'ahead':
      return `its clock is ${by} ahead: set it; its readings are kept, and no rule believes them until then`
    case 'behind':
      return `its readings are ${by} old whenever they come: its clock is slow, or it holds them back`
    case 'right':
      return 'its clock agrees with ours'
  }
}

function spanOf(ms: number): string {
  if (ms >= 2 * day) return `${Math.round(ms / day)} days`
  if (ms >= 2 * hour) return `${Math.round(ms / hour)} h`
  return `${Math.round(ms / minute)} min`
}
