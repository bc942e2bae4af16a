import { createServer } from 'node:net'
import { Aedes } from 'aedes'
import { freePort } from '../support/program-process.ts'

/** Aedes as it comes, in this process: nothing is kept, checked or judged. The ceiling of a broker made of it alone. */
export async function bareAedes(): Promise<{ readonly port: number; close(): void }> {
  const broker = await Aedes.createBroker()
  const server = createServer((socket) => broker.handle(socket))
  const port = await freePort()
  await new Promise<void>((listening) => server.listen(port, '127.0.0.1', listening))
  return {
    port,
    close: () => {
      broker.close()
      server.close()
    },
  }
}
