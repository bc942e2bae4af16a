/** [MQTT-4.7.1-2], [MQTT-4.7.1-3]: a wildcard is a level of its own, and `#` the last. */
export function isFilter(filter: string): boolean {
  if (filter === '') return false
  const levels = filter.split('/')
  return levels.every((level, index) => {
    if (level === '#') return index === levels.length - 1
    return level === '+' || !/[#+]/.test(level)
  })
}

/** A topic that may be published on has no wildcard [MQTT-3.3.2-2]. */
export function isTopic(topic: string): boolean {
  return topic !== '' && !/[#+]/.test(topic)
}

/**
 * Whether all topics that `wanted` stands for are among those of `granted`; `wanted` may be a topic. `a/#` is also `a`
 * (4.7.1.2), and a leading wildcard means no topic that begins with `$` [MQTT-4.7.2-1].
 */
export function covers(granted: string, wanted: string): boolean {
  if (wanted.startsWith('$') !== granted.startsWith('$')) return false
  const given = granted.split('/')
  const asked = wanted.split('/')
  for (const [index, level] of given.entries()) {
    if (level === '#') return true
    const one = asked[index]
    if (one === undefined || one === '#') return false
    if (level !== '+' && level !== one) return false
  }
  return asked.length === given.length
}
