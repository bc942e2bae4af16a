import type { Issue } from './check.ts'
import type { Sensor } from './sensor.ts'
import { isSourceName, type SourceDraft } from './source.ts'
import { sourceConversion } from './source-conversion.ts'

/** What sources may refer to: sensors by id, and what was probably meant by an id that is none. */
export type KnownSensors = {
  readonly sensor: (id: string) => Sensor | undefined
  readonly suggest: (id: string) => string | undefined
}

// Looking for the name that was meant takes a millisecond among many; a list wrong in every line is told the first of them.
const suggestionsMax = 100

/** Everything that is wrong with these sources: each by itself, and two of them for one name or one sensor. */
export function checkSources(drafts: readonly SourceDraft[], known: KnownSensors): Issue[] {
  const names = new Set<string>()
  const sensors = new Map<string, string>()
  const issues: Issue[] = []
  for (const [index, draft] of drafts.entries()) {
    const say = (field: string, message: string): void => {
      issues.push({ index, field, message: `source "${draft.name}": ${message}` })
    }
    if (!isSourceName(draft.name)) say('source', nameRule)
    if (known.sensor(draft.name) !== undefined) say('source', 'that is a sensor of the city; it needs no mapping')
    if (names.has(draft.name)) say('source', 'it is listed twice')
    names.add(draft.name)
    const sensor = known.sensor(draft.sensor)
    if (sensor === undefined) {
      const meant = issues.length < suggestionsMax ? known.suggest(draft.sensor) : undefined
      say(
        'sensor',
        `sensor "${draft.sensor}": no such sensor${meant === undefined ? '' : `; did you mean "${meant}"?`}`,
      )
      continue
    }
    const other = sensors.get(draft.sensor)
    if (other !== undefined) say('sensor', `sensor "${draft.sensor}" has the source "${other}" already: one at most`)
    else sensors.set(draft.sensor, draft.name)
    const answer = sourceConversion(draft, sensor.quantity)
    if (answer.kind === 'refused') say(draft.factor === undefined ? 'unit' : 'factor', answer.reason)
  }
  return issues
}

export const nameRule =
  'expected {dialect}:{device}/{name} such as chirpstack:70b3d57ed0001234/temperature, or {asset}/{name}; at most 256 characters'
