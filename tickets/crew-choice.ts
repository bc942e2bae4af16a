import type { Crew } from '../city/index.ts'

export type CrewWanted = { readonly skill: string; readonly district: string | undefined }

/** The crew, or none; and why, for the history. */
export type CrewChoice = { readonly crew: Crew | undefined; readonly because: string }

/**
 * By the skill the failure mode asks for and the district the asset stands in; among several the one with the fewest
 * open tickets, then by name, so that the same town always chooses the same crew.
 */
export function chooseCrew(
  crews: readonly Crew[],
  { skill, district }: CrewWanted,
  openTicketsOf: (crew: string) => number,
): CrewChoice {
  const skilled = crews.filter((crew) => crew.skills.includes(skill))
  if (skilled.length === 0) return { crew: undefined, because: `Not assigned: no crew has the skill ${skill}.` }

  const serving = skilled.filter((crew) => serves(crew, district))
  const [chosen, second] = [...serving].sort(
    (a, b) => openTicketsOf(a.id) - openTicketsOf(b.id) || compare(a.name, b.name) || compare(a.id, b.id),
  )
  if (chosen === undefined) {
    const names = skilled.map(({ name }) => name).join(', ')
    return {
      crew: undefined,
      because: `Not assigned: no crew with the skill ${skill} serves ${district} (${names} do not).`,
    }
  }

  const reasons = [`has the skill ${skill}`, servesInWords(chosen, district)]
  if (second !== undefined)
    reasons.push(`has ${openInWords(openTicketsOf(chosen.id))}, ${second.name} ${openTicketsOf(second.id)}`)
  return { crew: chosen, because: `Assigned to ${chosen.name}: ${reasons.join(', ')}.` }
}

/** A crew without an area serves the whole town; an asset without a district can be served by any. */
function serves(crew: Crew, district: string | undefined): boolean {
  return crew.area.length === 0 || district === undefined || crew.area.includes(district)
}

function servesInWords(crew: Crew, district: string | undefined): string {
  return crew.area.length === 0 || district === undefined ? 'serves the whole town' : `serves ${district}`
}

function openInWords(count: number): string {
  return count === 1 ? '1 open ticket' : `${count} open tickets`
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
