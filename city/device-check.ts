import type { Issue } from './check.ts'
import { nameRule } from './check.ts'
import type { DeviceDraft } from './description.ts'
import { givenSecretLengthMin } from './device-secrets.ts'
import { didYouMean } from './nearest-name.ts'
import { isName } from './sensor.ts'

// An MQTT topic filter is at most 65,535 bytes; nothing of ours comes near this.
const filterLengthMax = 256
// Every PUBLISH of the device is held against each of them.
const publishesMax = 100

/** Everything that is wrong with devices that are about to be added. */
export function checkDevices(
  added: readonly { readonly draft: DeviceDraft; readonly secret: string }[],
  assets: ReadonlyMap<string, unknown>,
  devices: ReadonlyMap<string, unknown>,
): Issue[] {
  const ids = new Set<string>()
  const issues: Issue[] = []
  for (const [index, { draft, secret }] of added.entries()) {
    const say = (field: string, message: string): void => {
      issues.push({ index, field, message: `device "${draft.id}": ${message}` })
    }
    if (!isName(draft.id)) say('id', `id "${draft.id}": ${nameRule}`)
    if (devices.has(draft.id)) say('id', 'there is one of this id already; rotate its secret or choose another id')
    if (ids.has(draft.id)) say('id', `id "${draft.id}" is used twice`)
    ids.add(draft.id)
    if (secret.length < givenSecretLengthMin)
      say('secret', `the secret has ${secret.length} characters: expected at least ${givenSecretLengthMin}`)
    for (const asset of draft.assets)
      if (!assets.has(asset)) say('assets', `asset "${asset}": no such asset${didYouMean(asset, assets.keys())}`)
    for (const filter of draft.subscribes)
      if (!isTopicFilter(filter)) say('subscribes', `"${filter}" is not an MQTT topic filter`)
    const publishes = draft.publishes ?? []
    if (publishes.length > publishesMax)
      say('publishes', `${publishes.length} topics to publish on: expected at most ${publishesMax}; use a wildcard`)
    for (const filter of publishes) {
      const fault = publishFault(filter, draft.assets)
      if (fault !== undefined) say('publishes', `may not publish on "${filter}": ${fault}`)
    }
  }
  return issues
}

/** Topics that mean something here; what a device may publish on them follows from its id and its assets. */
const ownHeads = new Set(['status', 'errors', 'alarms', 'tickets'])

/** Why a device of these assets may not be allowed to publish on the filter; `undefined` when it may. */
export function publishFault(filter: string, assets: readonly string[]): string | undefined {
  if (!isTopicFilter(filter)) return 'that is not an MQTT topic filter'
  const [head = '', asset] = filter.split('/')
  if (head === '+' || head === '#') return 'it takes in everything; begin with the name of a topic'
  if (head.startsWith('$')) return 'topics that begin with $ belong to the broker'
  if (ownHeads.has(head)) return `topics below ${head}/ are for the program itself`
  if (head === 'telemetry' && (asset === undefined || !assets.includes(asset)))
    return 'telemetry is published for the assets of the device; list the asset instead'
  return undefined
}

/** [MQTT-4.7.1] `#` stands last and alone in its level, `+` alone in its level. */
export function isTopicFilter(filter: string): boolean {
  if (filter === '' || filter.length > filterLengthMax || filter.includes('\u0000')) return false
  const levels = filter.split('/')
  return levels.every(
    (level, index) => level === '+' || (level === '#' ? index === levels.length - 1 : !/[#+]/.test(level)),
  )
}
