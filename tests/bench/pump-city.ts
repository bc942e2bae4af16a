import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ApiClient } from '../support/api-client.ts'
import { type RunningProgram, runLengthsman } from '../support/program-process.ts'
import type { LoadClient } from './mqtt-load.ts'

export const quantities = ['vibration', 'bearing-temperature', 'flow', 'pressure', 'power']
// What one call of the API takes.
const devicesAtOnce = 1_000

/** Pumps with five sensors each, spread evenly over devices; the shipped rules watch them all. */
export class PumpCity {
  readonly assets: readonly string[]
  readonly devices: readonly string[]
  #secrets: readonly string[] = []

  constructor(counts: { readonly assets: number; readonly devices: number }) {
    this.assets = Array.from({ length: counts.assets }, (_, index) => `pump-${index + 1}`)
    this.devices = Array.from({ length: counts.devices }, (_, index) => `rtu-${index + 1}`)
  }

  /** Writes the pumps into the registry of a program that is not running yet. */
  async import(folder: string, environment: Record<string, string>): Promise<void> {
    const rows = this.assets.map((asset) => `${asset},${asset},drinking-water-pump,3,50.5,7.1`)
    writeFileSync(join(folder, 'pumps.csv'), ['id,name,class,criticality,latitude,longitude', ...rows].join('\n'))
    await runLengthsman(['import', join(folder, 'pumps.csv')], environment)
  }

  async addDevices(program: RunningProgram): Promise<void> {
    const api = await ApiClient.login(program.url, 'admin', program.adminPassword)
    const secrets = new Map<string, string>()
    for (let from = 0; from < this.devices.length; from += devicesAtOnce) {
      const some = this.devices.slice(from, from + devicesAtOnce)
      const items = some.map((id, index) => ({ id, assets: this.assetsOf(from + index) }))
      const made = await api.post<{ items: { id: string; secret: string }[] }>('/api/v1/devices/bulk', { items })
      for (const { id, secret } of made.items) secrets.set(id, secret)
    }
    this.#secrets = this.devices.map((id) => secrets.get(id) ?? '')
  }

  assetsOf(device: number): string[] {
    const assets: string[] = []
    for (let at = device; at < this.assets.length; at += this.devices.length) assets.push(this.assets[at] ?? '')
    return assets
  }

  secretOf(device: number): string {
    return this.#secrets[device] ?? ''
  }

  clients(topicsOf: (asset: string) => string[]): LoadClient[] {
    return this.devices.map((id, index) => ({
      id,
      secret: this.secretOf(index),
      topics: this.assetsOf(index).flatMap(topicsOf),
    }))
  }
}
