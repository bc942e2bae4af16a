/** People who mend things: found for a ticket by skill and by district. */
export type Crew = {
  readonly id: string
  readonly name: string
  readonly skills: readonly string[]
  /** Districts they serve; empty means all of them. */
  readonly area: readonly string[]
}
