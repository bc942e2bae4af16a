import { afterAll } from '@jest/globals'
import { type RunningProgram, root, spawnProgram, type Wrapping } from './program-process.ts'

export { freePort, type RunningProgram, root, runLengthsman } from './program-process.ts'

const started: RunningProgram[] = []
afterAll(() => Promise.all(started.map((program) => program.kill('SIGKILL'))))

/** The built program on free ports; stopped when the test file ends. */
export async function startedProgram(
  environment: Record<string, string>,
  folder = root,
  wrapping: Wrapping = {},
): Promise<RunningProgram> {
  const program = await spawnProgram(environment, folder, wrapping)
  started.push(program)
  return program
}
