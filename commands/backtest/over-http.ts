import { Refusal } from '../../city/index.ts'
import type { Problem, TrialLine, TrialView } from '../../dashboard/index.ts'
import type { Asked, Watching } from './backtest.ts'

/** Asks a running program. @throws Refusal with what it answered, or that it does not answer */
export async function tryOverHttp(
  url: string,
  token: string,
  asked: Asked,
  { signal, onProgress }: Watching,
): Promise<TrialView> {
  const { what, from, to, assets } = asked
  const answer = await ask(url, token, signal, {
    ...('text' in what ? { text: what.text } : { rule: what.rule }),
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    ...(assets === undefined ? {} : { assets }),
  })
  if (!answer.ok || answer.body === null)
    throw refusalOf(url, (await answer.json().catch(() => undefined)) as Problem | undefined)
  for await (const line of linesOf(answer.body)) {
    const said = JSON.parse(line) as TrialLine
    if (said.kind === 'progress') onProgress(said)
    else if (said.kind === 'result') return said.result
    else throw refusalOf(url, said.problem)
  }
  throw new Refusal('BACKTEST_BROKEN_OFF', `${url} ended its answer before the result: see its log, and try again`)
}

async function ask(url: string, token: string, signal: AbortSignal, body: object): Promise<Response> {
  try {
    return await fetch(new URL('/api/v1/rules/backtest', url), {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal,
    })
  } catch (error) {
    if (signal.aborted) throw error
    throw new Refusal(
      'BACKTEST_NO_ANSWER',
      `another process has the readings open, and ${url} does not answer: stop that process, or name the program with --url and --token`,
      error,
    )
  }
}

function refusalOf(url: string, problem: Problem | undefined): Refusal {
  if (problem === undefined) return new Refusal('BACKTEST_NO_ANSWER', `${url} is not a Lengthsman that tries rules`)
  const faults = problem.faults?.map(({ path, message }) => `${path}: ${message}`)
  return new Refusal(problem.code, faults === undefined ? `${problem.title}: ${problem.detail}` : faults.join('\n'))
}

async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of body) {
    rest += decoder.decode(chunk, { stream: true })
    const lines = rest.split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
  if (rest !== '') yield rest
}
