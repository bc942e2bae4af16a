/*
 * Loaded into a program that is weighed: at SIGUSR2 each of its threads collects its garbage, so that what is left is what
 * is in use. Node gives a thread no other way to be asked from outside.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { BroadcastChannel, isMainThread } from 'node:worker_threads'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc')
const channel = new BroadcastChannel('collect garbage')
channel.unref()

if (isMainThread)
  process.on('SIGUSR2', () => {
    channel.postMessage('now')
    collect()
  })
else channel.onmessage = () => collect()
