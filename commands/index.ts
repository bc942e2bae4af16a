import { backtestCommand } from './backtest/backtest.ts'
import { check } from './check.ts'
import type { Command } from './command.ts'
import { deviceAdd, deviceList, deviceRevoke, deviceRotate, deviceSnippet } from './device.ts'
import { importCommand } from './import.ts'
import { learnCommand } from './learn.ts'
import { replayCommand } from './replay.ts'
import { scoreCommand } from './score.ts'
import { simulateCommand } from './simulate.ts'
import { testRulesCommand } from './test-rules.ts'
import { townCommand } from './town.ts'
import { upCommand } from './up.ts'
import { userAdd, userList, userPassword } from './user.ts'

/** In the order in which help lists them. */
export const commands: readonly Command[] = [
  upCommand,
  check,
  importCommand,
  deviceAdd,
  deviceList,
  deviceRotate,
  deviceRevoke,
  deviceSnippet,
  userAdd,
  userList,
  userPassword,
  testRulesCommand,
  backtestCommand,
  learnCommand,
  replayCommand,
  scoreCommand,
  simulateCommand,
  townCommand,
]
