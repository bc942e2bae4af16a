import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from '@jest/globals'
import type { Parsed } from '../../../ingest/wire/index.ts'

/** One message as it stands in cases/*.json, and what must come of it. */
export type WireCase = {
  readonly topic: string
  /** JSON, or `hex` for bytes. */
  readonly payload?: unknown
  readonly hex?: string
  readonly items?: readonly {
    readonly sensor: string
    readonly value: number
    /** ISO 8601, or `now` for the time of receipt. */
    readonly at: string
    readonly unit?: string
    readonly incidental?: true
  }[]
  /** Each must be found in the detail of its fault, in this order. */
  readonly faults?: readonly string[]
  readonly refused?: readonly [reason: string, detail: string]
}

export function casesIn<Case>(file: string): readonly Case[] {
  return JSON.parse(readFileSync(join(import.meta.dirname, 'cases', file), 'utf8')) as readonly Case[]
}

export function payloadOf({ payload, hex }: WireCase): Buffer {
  return hex === undefined ? Buffer.from(JSON.stringify(payload)) : Buffer.from(hex, 'hex')
}

export function expectParsed(parsed: Parsed, wanted: WireCase, receivedAt: number): void {
  if (wanted.refused !== undefined) {
    const [reason, detail] = wanted.refused
    expect(parsed).toMatchObject({ kind: 'refused', reason, detail: expect.stringContaining(detail) })
    return
  }
  if (parsed.kind === 'refused') throw new Error(`refused: ${parsed.detail}`)
  expect(parsed.items).toEqual(
    (wanted.items ?? []).map(({ at, ...item }) => ({
      ...item,
      observedAt: at === 'now' ? receivedAt : Date.parse(at),
    })),
  )
  expect(parsed.faults.map(({ detail }) => detail)).toEqual(
    (wanted.faults ?? []).map((detail) => expect.stringContaining(detail)),
  )
}
