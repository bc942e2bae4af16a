import { readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'

/** The slowest file takes two minutes on two cores, with a hundred kills six. */
const patienceMs = 15 * 60_000

/**
 * Fails a test file that neither passes nor fails, which no time limit of a test can do: it may loop, or wait for a
 * module that never loads. Says whether its process works or waits, and ends the workers; Jest calls what they were
 * running failed, and goes on with the rest in new ones. Linux only: it reads `/proc`.
 */
// biome-ignore lint/style/noDefaultExport: Jest loads a reporter by its default export
export default class PatienceReporter {
  #timers = new Map()

  onTestFileStart({ path }) {
    if (process.platform === 'linux') this.#timers.set(path, setTimeout(() => endWorkers(path), patienceMs).unref())
  }

  onTestFileResult({ path }) {
    clearTimeout(this.#timers.get(path))
  }
}

async function endWorkers(path) {
  say(`${path} has not finished in ${patienceMs / 60_000} minutes.`)
  const workers = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8').match(/\d+/g) ?? []
  const before = workers.map(processorMs)
  await wait(2_000)
  for (const [index, worker] of workers.entries()) {
    say(`Worker ${worker} was busy for ${processorMs(worker) - before[index]} of 2,000 ms.`)
    process.kill(Number(worker), 'SIGKILL')
  }
}

/** `utime` and `stime` of proc(5), in hundredths of a second. The name before them may hold spaces, but ends with `)`. */
function processorMs(worker) {
  const fields = readFileSync(`/proc/${worker}/stat`, 'utf8').split(') ')[1].split(' ')
  return (Number(fields[11]) + Number(fields[12])) * 10
}

function say(text) {
  process.stdout.write(`${text}\n`)
}
