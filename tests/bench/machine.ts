import { cpus, totalmem } from 'node:os'

/** What the figures were measured on. */
export function machine(): string {
  const [first] = cpus()
  const memory = Math.round(totalmem() / 2 ** 30)
  return `${cpus().length} cores, ${first?.model.trim() ?? 'unknown'}, ${memory} GiB, Node ${process.version}`
}
