/**
 * The state of one rule on one sensor is a run of numbers in the sensor's `Float64Array`: copying the past for late
 * readings is one `set`, keeping it across a restart is one blob, and a reading allocates nothing. These are the places
 * within that run; a kind of condition may have more after them. `NaN` stands for "none".
 */
export const slot = {
  /** Index into `alarmStates`. */
  state: 0,
  /** 0 none, 1 warning, 2 action: the highest level that fired, or that would (pending). */
  level: 1,
  /** When the state was entered. */
  since: 2,
  /** When this bout of trouble began. */
  startedAt: 3,
  /** The last reading that this rule judged. */
  lastAt: 4,
  /** Since when the value has been beyond the warning / action limit without a break or a hole. */
  overWarning: 5,
  overAction: 6,
  /** Since when it has been back inside, hysteresis and all. */
  backWarning: 7,
  backAction: 8,
  /** Bits: 1 warning fired, 2 action fired, and not yet recovered. */
  fired: 9,
  /** What was last held against the limit. */
  measured: 10,
} as const

export const lifecycleSlots = 11

export const inactive = 0
export const pending = 1
export const firing = 2
export const recovering = 3

/** The state of a judgement that has seen nothing. */
export function blank(state: Float64Array, offset: number, width: number): void {
  state.fill(Number.NaN, offset, offset + width)
  state[offset + slot.state] = inactive
  state[offset + slot.level] = 0
  state[offset + slot.since] = 0
  state[offset + slot.fired] = 0
}
