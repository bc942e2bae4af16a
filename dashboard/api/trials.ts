import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { BacktestProgress } from '../../rules/index.ts'
import { recognise } from '../server/errors.ts'
import { problem } from './problems.ts'

// Each has a thread that takes a core for as long as it runs; live readings and pages keep the other one.
const trialsMax = 2
const retryAfterSeconds = 10

type Line = { readonly kind: string }
export type TrialRun<Result> = (
  signal: AbortSignal,
  onProgress: (progress: BacktestProgress) => void,
) => Promise<Result>

/** Trials of rules under way: no more than there is room for, each cancelled when whoever asked has gone. */
export class Trials {
  #running = 0

  /** @throws ProblemError TRIALS_BUSY */
  enter(): () => void {
    if (this.#running >= trialsMax)
      throw problem('TRIALS_BUSY', { running: String(this.#running) }, { retryAfterSeconds })
    this.#running++
    let left = false
    return () => {
      if (!left) this.#running--
      left = true
    }
  }

  /** Answers with one JSON object a line: progress, then the result or what went wrong. */
  stream<Result>(request: FastifyRequest, reply: FastifyReply, run: TrialRun<Result>): FastifyReply {
    const leave = this.enter()
    const gone = new AbortController()
    const lines = new Lines()
    // The far end hung up, or the server stops: nobody reads the result any more.
    reply.raw.on('close', () => gone.abort(new Error('whoever asked has gone')))
    run(gone.signal, (progress) => lines.write({ kind: 'progress', ...progress }))
      .then(
        (result) => lines.write({ kind: 'result', ...{ result } }),
        (error: unknown) => {
          if (gone.signal.aborted) return
          const known = recognise(error, request)
          if (known.problem.status >= 500) request.log.error({ err: error }, 'a trial of rules failed')
          lines.write({ kind: 'problem', ...{ problem: known.problem } })
        },
      )
      .finally(() => {
        leave()
        lines.end()
      })
    return reply
      .header('cache-control', 'no-store')
      .header('x-accel-buffering', 'no')
      .type('application/x-ndjson; charset=utf-8')
      .send(lines.readable)
  }
}

/** Lines on their way out. Progress that nobody reads is passed over, so that it never piles up. */
class Lines {
  readonly readable = new Readable({ read: () => undefined })

  write(line: Line): void {
    if (this.readable.destroyed) return
    if (line.kind === 'progress' && this.readable.readableLength > 0) return
    this.readable.push(`${JSON.stringify(line)}\n`)
  }

  end(): void {
    if (!this.readable.destroyed) this.readable.push(null)
  }
}
