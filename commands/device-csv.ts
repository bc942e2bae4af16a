import { open, unlink } from 'node:fs/promises'
import { type DeviceWithSecret, Refusal, type Registry, readDevicesCsv } from '../city/index.ts'

// Read and written by its owner only.
const secretsMode = 0o600

/**
 * Adds the devices of a table, all or none, and writes their secrets to a new file that only its owner can read. The file
 * is safely on disk before the devices are committed: there is no moment at which a device is in and its secret lost.
 * @returns how many. @throws FileFaults, Refusal SECRETS_FILE_EXISTS, SECRETS_FILE_UNWRITABLE
 */
export async function addFromCsv(
  registry: Pick<Registry, 'assets' | 'devices' | 'addDevices'>,
  table: string,
  out: string,
): Promise<number> {
  const drafts = readDevicesCsv(table, {
    assets: new Map(registry.assets().map((asset) => [asset.id, asset])),
    devices: new Map(registry.devices().map((device) => [device.id, device])),
  })
  const file = await openNew(out)
  try {
    const added = await registry.addDevices(drafts, async (made) => {
      await file.writeFile(secretsCsv(made))
      await file.sync()
    })
    return added.length
  } catch (error) {
    // Secrets of devices that were not made are of no use to anybody.
    await unlink(out)
    throw isFileTrouble(error) ? unwritable(out, error) : error
  } finally {
    await file.close()
  }
}

async function openNew(out: string) {
  try {
    return await open(out, 'wx', secretsMode)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST')
      throw new Refusal('SECRETS_FILE_EXISTS', `${out} is there already: name a new file, so that no secret is lost`)
    throw unwritable(out, error)
  }
}

function unwritable(out: string, error: unknown): Refusal {
  const { message } = error as Error
  return new Refusal(
    'SECRETS_FILE_UNWRITABLE',
    `the secrets cannot be written to ${out} (${message}); no device was added`,
    error,
  )
}

function isFileTrouble(error: unknown): boolean {
  const { syscall } = error as NodeJS.ErrnoException
  return syscall !== undefined
}

function secretsCsv(made: readonly DeviceWithSecret[]): string {
  return ['id,secret', ...made.map(({ device, secret }) => `${device.id},${secret}`), ''].join('\n')
}
