/*
 * The thread that folds rules over stored readings. What it is given was copied out of the store by the main thread;
 * devices, pages and live rules do not wait for it.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { GroupRun } from './group-run.ts'
import type { FromThread, Start, ToThread } from './messages.ts'

const start = workerData as Start
const post = (message: FromThread) => parentPort?.postMessage(message)
let group: GroupRun | undefined

parentPort?.on('message', (message: ToThread) => {
  switch (message.kind) {
    case 'begin':
      group = new GroupRun(start, message.tasks, message.isJoint)
      return
    case 'take':
      group?.take(message.inputs, message.through)
      post({ kind: 'taken' })
      return
    case 'end':
      if (group !== undefined) post(group.end())
      group = undefined
  }
})
