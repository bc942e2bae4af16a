import { z } from 'zod'
import { faultShapes } from '../faults/fault.ts'
import { sensorTroubleKinds } from '../trouble/sensor-trouble.ts'

const numbers = z.array(z.number())

/** What the simulator remembers between two runs. */
export const stateSchema = z.object({
  version: z.literal(1),
  seed: z.number(),
  /** When the town first went live; the demonstration is staged around it. */
  liveAt: z.number(),
  /** Up to here troubles are planned. */
  plannedTo: z.number(),
  /** The last minute of which everything was acknowledged. */
  throughAt: z.number(),
  world: z.object({ at: z.number(), surroundings: numbers, parts: z.record(z.string(), numbers) }),
  faults: z.array(
    z.object({
      kind: z.string(),
      asset: z.string(),
      failureMode: z.string(),
      shape: z.enum(faultShapes),
      onsetAt: z.number(),
      functionalFailureAt: z.number(),
      repairedAt: z.number().exactOptional(),
    }),
  ),
  troubles: z.array(
    z.object({
      sensor: z.string(),
      kind: z.enum(sensorTroubleKinds),
      fromAt: z.number(),
      toAt: z.number(),
      repairedAt: z.number().exactOptional(),
      aheadMs: z.number().exactOptional(),
    }),
  ),
  held: z.record(z.string(), z.number()),
})
export type SimulatorState = z.infer<typeof stateSchema>
