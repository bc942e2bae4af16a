import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { type Message, Packer } from '../../ingest/index.ts'
import { type IngestParts, startIngest } from '../support/ingest-parts.ts'
import { noon } from '../support/readings.ts'

/*
 * Who sent a message of which nothing became a reading can be told so, message by message: also where they come in
 * parcels, in which the plain ones are rows by then and all others are read only now.
 */
const day = 86_400_000
let parts: IngestParts
beforeEach(async () => {
  parts = await startIngest({ now: () => noon })
})
afterEach(() => parts.close())

/** Payload by payload: what the sender of each was told; `-`: nothing. */
type Told = readonly (readonly [topic: string, payload: string, told: string])[]

async function packed(packer: Packer, messages: Told): Promise<string[]> {
  const told = messages.map(() => '-')
  for (const [index, [topic, payload]] of messages.entries()) {
    const onRefused: Message['onRefused'] = ({ reason }) => {
      told[index] = reason
    }
    packer.add({ device: 'logger-1', topic, payload: Buffer.from(payload), receivedAt: noon + index, onRefused })
  }
  const { parcel, onRefused } = packer.seal()
  const { learnt, refused } = await parts.ingest.receiveParcel(structuredClone(parcel))
  for (const { sensor, number } of learnt) packer.learn(sensor, number)
  for (const { place, fault } of refused) onRefused.get(place)?.(fault)
  return told
}

const at = (ms: number) => new Date(ms).toISOString()
const messages: Told = [
  ['telemetry/pump-07/flow', 'rubbish', 'not-json'],
  ['telemetry/pump-07/flow', '1', '-'],
  ['telemetry/pump-07/flow', `{"value":1,"observedAt":"${at(noon + 400 * day)}"}`, 'too-far-ahead'],
  ['telemetry/pump-07/colour', '3', 'unknown-sensor'],
  ['telemetry/pump-07', '{"values":{"flow":2,"colour":3}}', '-'],
  ['telemetry/pump-07/pressure', '4', '-'],
  ['telemetry/pump-07', `{"values":{"flow":2,"pressure":3},"observedAt":"${at(noon + 400 * day)}"}`, 'too-far-ahead'],
  ['telemetry/pump-07/flow', '{', 'not-json'],
  ['telemetry/pump-07/flow', '5', '-'],
]
const expected = messages.map(([, , told]) => told)

test('each is told what became of its own message, before and after its sensors go by numbers', async () => {
  const packer = new Packer()
  expect(await packed(packer, messages)).toEqual(expected)
  // Now what is plain goes as rows.
  expect(await packed(packer, messages)).toEqual(expected)
  expect(await packed(packer, messages.toReversed())).toEqual(expected.toReversed())
})

test('rows of a sensor that has been removed since it got its number', async () => {
  const packer = new Packer()
  const two: Told = [
    ['telemetry/pump-01/flow', '1', '-'],
    ['telemetry/pump-07/flow', '1', '-'],
  ]
  expect(await packed(packer, two)).toEqual(['-', '-'])
  await parts.registry.removeAsset('pump-01')
  parts.ingest.renew()
  expect(await packed(packer, two)).toEqual(['unknown-sensor', '-'])
})

test('nobody is told where nobody asked', async () => {
  const packer = new Packer()
  packer.add({ device: 'logger-1', topic: 'telemetry/pump-07/flow', payload: Buffer.from('{'), receivedAt: noon })
  const { parcel, onRefused } = packer.seal()
  expect([parcel.asksForRefused, onRefused.size]).toEqual([false, 0])
  expect((await parts.ingest.receiveParcel(parcel)).refused).toEqual([])
})

test('a message that comes by itself', async () => {
  const told: string[] = []
  const receive = (payload: string) =>
    parts.ingest.receive({
      device: 'logger-1',
      topic: 'telemetry/pump-07/flow',
      payload: Buffer.from(payload),
      receivedAt: noon,
      onRefused: ({ reason }) => told.push(reason),
    })
  await receive('1')
  await receive('{')
  expect(told).toEqual(['not-json'])
})
