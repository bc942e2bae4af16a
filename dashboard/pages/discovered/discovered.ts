import type { DiscoveredView } from '../data/types.ts'

/** Everything that came from one device, by the part of the name that says so. */
export type Group = { readonly from: string; readonly found: readonly DiscoveredView[] }

/** `chirpstack:70b3d57ed0001234` of `chirpstack:70b3d57ed0001234/temperature`. */
export function addressOf(name: string): string {
  const slash = name.lastIndexOf('/')
  return slash < 0 ? name : name.slice(0, slash)
}

export function ownNameOf(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1)
}

/** Those heard last come first. */
export function groupsOf(found: readonly DiscoveredView[]): readonly Group[] {
  const groups = new Map<string, DiscoveredView[]>()
  for (const each of found) {
    const from = addressOf(each.name)
    const group = groups.get(from)
    if (group) group.push(each)
    else groups.set(from, [each])
  }
  const newest = ({ found: items }: Group) =>
    items
      .map((each) => each.lastAt)
      .sort()
      .at(-1) ?? ''
  return [...groups]
    .map(([from, items]) => ({ from, found: items }))
    .sort((one, other) => (newest(one) < newest(other) ? 1 : -1))
}

/** What is sent to adopt it, where everything is suggested. */
export type Mapping = { readonly name: string; readonly sensor: string; readonly unit?: string }

export function suggestedMapping({ name, suggestion }: DiscoveredView): Mapping | undefined {
  const { asset, quantity, unit } = suggestion
  if (asset === null || quantity === null) return undefined
  return { name, sensor: `${asset}/${quantity}`, ...(unit === null ? {} : { unit }) }
}

/** Of several that would be the same sensor, the first: the others are for a person to decide. */
export function suggestedMappings(found: readonly DiscoveredView[]): readonly Mapping[] {
  const bySensor = new Map<string, Mapping>()
  for (const each of found) {
    const mapping = suggestedMapping(each)
    if (mapping && !bySensor.has(mapping.sensor)) bySensor.set(mapping.sensor, mapping)
  }
  return [...bySensor.values()]
}
