import { describe, expect, test } from '@jest/globals'
import { WireReader } from '../../../ingest/wire/index.ts'
import { NodeMemory } from '../../../ingest/wire/sparkplug/node-memory.ts'
import { rebirthCommand } from '../../../ingest/wire/sparkplug/payload.ts'
import { FieldWriter } from '../../../ingest/wire/sparkplug/protobuf.ts'
import { casesIn, expectParsed, payloadOf, type WireCase } from './case.ts'

const receivedAt = Date.UTC(2026, 4, 4, 12)

type Step =
  | { readonly forget: true }
  | (WireCase & {
      readonly presence?: readonly (readonly [string, boolean])[]
      readonly rebirth?: string
      /** Seconds since the message before. */
      readonly after?: number
    })
type Story = { readonly name: string; readonly messages: readonly Step[] }

// The payloads were encoded by Eclipse Tahu's own library for JavaScript (sparkplug-payload 1.0.3).
describe('messages of a Sparkplug edge node', () => {
  test.each(casesIn<Story>('sparkplug.json').map((story) => [story.name, story] as const))('%s', (_, story) => {
    const reader = new WireReader()
    let now = receivedAt
    for (const step of story.messages) {
      if ('forget' in step) {
        reader.forget('gw-1')
        continue
      }
      now += (step.after ?? 0) * 1_000
      const parsed = reader.read({ device: 'gw-1', topic: step.topic, payload: payloadOf(step), receivedAt: now })
      expectParsed(parsed, step, now)
      expect(parsed.presence ?? []).toEqual((step.presence ?? []).map(([name, online]) => ({ name, online })))
      expect((parsed.replies ?? []).map(({ topic }) => topic)).toEqual(step.rebirth === undefined ? [] : [step.rebirth])
    }
  })

  test('what asks for a rebirth is what Tahu’s library would send', () => {
    const theirs = '0880dab893df3312210a144e6f646520436f6e74726f6c2f526562697274681880dab893df33200b7001'
    expect(Buffer.from(rebirthCommand(1_777_888_800_000)).toString('hex')).toBe(theirs)
  })

  test('one credential’s births tell nothing of another’s node of the same name', () => {
    const reader = new WireReader()
    const metric = new FieldWriter().bytes(1, 'Flow').varint(2, 1).varint(4, 10).double(13, 1.5).done()
    const birth = new FieldWriter().varint(1, 1_777_888_800_000).bytes(2, metric).varint(3, 0).done()
    const data = new FieldWriter().bytes(2, new FieldWriter().varint(2, 1).double(13, 2.5).done()).varint(3, 1).done()
    const read = (device: string, type: string, payload: Uint8Array) =>
      reader.read({ device, topic: `spBv1.0/G/${type}/n`, payload, receivedAt })
    expect(read('a', 'NBIRTH', birth)).toMatchObject({ items: [{ sensor: 'sparkplug:G/n/Flow', value: 1.5 }] })
    expect(read('b', 'NDATA', data)).toMatchObject({ kind: 'refused', reason: 'not-born' })
    expect(read('a', 'NDATA', data)).toMatchObject({ items: [{ value: 2.5, observedAt: receivedAt }] })
  })

  test('the sequence goes round from 255 to 0, and the same number again is a redelivery', () => {
    const reader = new WireReader()
    const read = (type: string, seq: number) =>
      reader.read({
        device: 'a',
        topic: `spBv1.0/G/${type}/n`,
        payload: new FieldWriter().varint(3, seq).done(),
        receivedAt,
      })
    expect(read('NBIRTH', 254).replies).toBeUndefined()
    for (const seq of [255, 0, 1, 1, 2]) expect([seq, read('NDATA', seq).replies]).toEqual([seq, undefined])
    expect(read('NDATA', 4).replies).toHaveLength(1)
  })

  test('an alias that is given twice is refused, and means the first', () => {
    const reader = new WireReader()
    const metric = (name: string, value: number) =>
      new FieldWriter().bytes(1, name).varint(2, 1).varint(4, 10).double(13, value).done()
    const birth = new FieldWriter().bytes(2, metric('a', 1)).bytes(2, metric('b', 2)).varint(3, 0).done()
    const parsed = reader.read({ device: 'd', topic: 'spBv1.0/G/NBIRTH/n', payload: birth, receivedAt })
    expect(parsed).toMatchObject({
      items: [{ value: 1 }, { value: 2 }],
      faults: [{ detail: 'alias 1 is given to both "a" and "b": the first has it' }],
    })
  })
})

describe('what is remembered of edge nodes', () => {
  test('ten thousand; the one not heard of for longest goes', () => {
    const memory = new NodeMemory()
    memory.of('d', 'g', 'first').born = true
    memory.of('d', 'g', 'second').born = true
    for (let n = 2; n < 10_000; n++) memory.of('d', 'g', `n${n}`)
    expect(memory.of('d', 'g', 'first').born).toBe(true)
    memory.of('d', 'g', 'one too many')
    expect(memory.size).toBe(10_000)
    expect(memory.of('d', 'g', 'first').born).toBe(true)
    expect(memory.of('d', 'g', 'second').born).toBe(false)
  })

  test('half a million metrics, fifty thousand of one node', () => {
    const memory = new NodeMemory()
    for (let n = 0; n < 12; n++) {
      const state = memory.of(`d${n}`, 'g', 'n')
      const scope = memory.renew(state, '')
      let taken = 0
      while (memory.define(state, scope, taken, { name: `m${taken}`, dataType: 10, unit: undefined })) taken++
      expect(taken).toBe(49_996)
    }
    expect(memory.metrics).toBe(500_000)
    expect(memory.size).toBe(10)
    for (let n = 2; n < 12; n++) memory.forget(`d${n}`)
    expect(memory.metrics).toBe(40)
  })

  test('a thousand devices of one node; the one born first must be born again', () => {
    const memory = new NodeMemory()
    const state = memory.of('d', 'g', 'n')
    memory.renew(state, '')
    for (let n = 1; n <= 1_001; n++) memory.renew(state, `pump-${n}`)
    expect(state.scopes.size).toBe(1_000)
    expect([...state.scopes.keys()].slice(0, 2)).toEqual(['', 'pump-3'])
    expect(memory.metrics).toBe(4_000)
  })
})
