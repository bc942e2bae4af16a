import { z } from 'zod'

export const quantityView = z.object({
  id: z.string(),
  title: z.string(),
  unit: z.string(),
  range: z.object({ min: z.number(), max: z.number() }),
  expectedIntervalSeconds: z.number(),
  decimals: z.number().int(),
})

export const failureModeView = z.object({
  id: z.string(),
  title: z.string(),
  skill: z.string(),
  jobPlan: z.array(z.string()),
  causes: z.array(z.string()),
  remedies: z.array(z.string()),
})

export const classView = z.object({
  id: z.string(),
  title: z.string(),
  plural: z.string(),
  quantities: z.array(quantityView),
  failureModes: z.array(failureModeView),
})
export type ClassView = z.infer<typeof classView>

export const crewView = z.object({
  id: z.string(),
  name: z.string(),
  skills: z.array(z.string()),
  /** Districts; empty means all. */
  area: z.array(z.string()),
})
export type CrewView = z.infer<typeof crewView>
