import { expect, test } from '@jest/globals'
import { ByteRoom } from '../../../rules/engine/rest/byte-room.ts'
import { fc } from '../../support/fast-check.ts'

test('whatever is put, let go and put again, what is kept is there, and what is empty goes back', () => {
  const step = fc.record({ size: fc.integer({ min: 0, max: 20_000 }), letGo: fc.boolean(), which: fc.nat() })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const room = new ByteRoom()
      const kept: { place: number; bytes: Uint8Array }[] = []
      for (const [index, { size, letGo, which }] of steps.entries()) {
        if (letGo && kept.length > 0) {
          const [gone] = kept.splice(which % kept.length, 1)
          if (gone !== undefined) room.letGo(gone.place)
        } else {
          const bytes = new Uint8Array(size).fill(index % 251)
          kept.push({ place: room.put(bytes), bytes })
        }
      }
      for (const { place, bytes } of kept) expect(room.get(place).subarray(0, bytes.length)).toEqual(bytes)
      for (const { place } of kept) room.letGo(place)
      expect(room.size).toBe(0)
    }),
  )
})

test('runs that grow leave nothing behind in the sizes they had', () => {
  const room = new ByteRoom()
  let places = Array.from({ length: 10_000 }, () => room.put(new Uint8Array(100)))
  for (let size = 200; size <= 1_000; size += 100)
    places = places.map((place) => {
      room.letGo(place)
      return room.put(new Uint8Array(size))
    })
  expect(room.size / (10_000 * 1_000)).toBeLessThan(1.2)
})
